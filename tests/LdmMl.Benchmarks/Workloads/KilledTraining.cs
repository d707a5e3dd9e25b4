using System.Diagnostics;
using System.Globalization;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>Runs <see cref="KilledTrainingProgram"/> in separate processes and kills them (SIGKILL) at random moments.</summary>
/// <param name="assembly">The path of an executable assembly that runs the program if its first argument is the verb.</param>
/// <param name="kind">The kind of training.</param>
/// <param name="folder">The folder of the state.</param>
/// <param name="steps">The number of steps.</param>
internal sealed class KilledTraining(string assembly, string kind, string folder, int steps)
{
    private const int Killed = 128 + 9;

    /// <summary>Gets the number of processes that were killed before they ended.</summary>
    public int Kills { get; private set; }

    /// <summary>Kills the training a number of times, then lets it end.</summary>
    /// <param name="random">Chooses the moments: after up to seven steps of a process, plus up to 30 ms.</param>
    /// <param name="kills">The number of kills.</param>
    /// <returns>The result of the training.</returns>
    public string Finish(Random random, int kills)
    {
        while (Kills < kills)
        {
            if (Run(random.Next(1, 8), random.Next(0, 31)) is { } result)
                return result;
            Kills++;
        }

        return Run(int.MaxValue, 0)!;
    }

    // Null if the process was killed.
    private string? Run(int stepsToLive, int millisecondsMore)
    {
        using var process = Process.Start(new ProcessStartInfo(
            "dotnet", ["exec", assembly, KilledTrainingProgram.Verb, kind, folder, steps.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        string? last = null;
        for (var seen = 0; seen < stepsToLive && process.StandardOutput.ReadLine() is { } line; seen++)
            last = line;
        if (last?.StartsWith("step ", StringComparison.Ordinal) == true)
        {
            Thread.Sleep(millisecondsMore);
            process.Kill();
        }

        while (process.StandardOutput.ReadLine() is { } line)
            last = line;
        process.WaitForExit();
        return process.ExitCode switch
        {
            0 => last,
            Killed => null,
            var code => throw new InvalidOperationException($"The training ended with exit code {code}: {errors.GetAwaiter().GetResult()}"),
        };
    }
}
