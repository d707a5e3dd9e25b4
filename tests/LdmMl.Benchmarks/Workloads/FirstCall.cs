using System.Diagnostics;
using System.Globalization;
using LdmMl.Torch.Native;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>How long the first decode in a process takes, and a later one: kl-f8, 256x256, the model already made.</summary>
internal static class FirstCall
{
    public const string Verb = "first-call";

    private const string Alone = "alone";

    private const int Calls = 6;

    /// <summary>Prints medians over processes; or, in a process of its own, the time of each call.</summary>
    public static void Run(string[] arguments, int processes, TextWriter output)
    {
        if (arguments is [_, Alone])
        {
            output.WriteLine(string.Join(' ', Times().Select(time => time.ToString("F1", CultureInfo.InvariantCulture))));
            return;
        }

        var runs = Enumerable.Range(0, processes).Select(_ => Apart()).ToArray();
        for (var call = 0; call < Calls; call++)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"call {call + 1}: {Median(runs.Select(run => run[call])):F0} ms"));
        var excess = Median(runs.Select(run => run[0] - Median(run.Skip(2))));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the first beyond a later one: {excess:F0} ms"));
    }

    private static IEnumerable<double> Times()
    {
        TorchRuntime.KeepFreedMemory();
        using var model = KlF8.Create();
        using var latents = KlF8.Latents();
        for (var call = 0; call < Calls; call++)
        {
            var start = Stopwatch.GetTimestamp();
            model.Decode(latents).Dispose();
            yield return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
    }

    private static double[] Apart()
    {
        // Started as "dotnet LdmMl.Benchmarks.dll", the program is that of .NET.
        string[] own = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(FirstCall).Assembly.Location] : [];
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [.. own, Verb, Alone])
        {
            RedirectStandardOutput = true, UseShellExecute = false,
        })!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return [.. text.Split(' ').Select(time => double.Parse(time, CultureInfo.InvariantCulture))];
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
