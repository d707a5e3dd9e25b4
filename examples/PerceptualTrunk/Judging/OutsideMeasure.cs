using System.Diagnostics;
using System.Globalization;

namespace PerceptualTrunk.Judging;

/// <summary>A measure that is a program of its own: it takes two files and prints a distance in its first line.</summary>
/// <param name="Name">The measure.</param>
/// <param name="Program">The program, on the path.</param>
internal sealed record OutsideMeasure(string Name, string Program)
{
    /// <summary>Gets the measures that know nothing of this library's data, from libjxl's tools (Debian: libjxl-devtools).</summary>
    public static IReadOnlyList<OutsideMeasure> All { get; } = [new("butteraugli", "butteraugli_main"), new("SSIMULACRA", "ssimulacra_main")];

    /// <summary>Measures how far an image is from its original; 0 means identical.</summary>
    public double Distance(string original, string distorted)
    {
        var start = new ProcessStartInfo(Program, [original, distorted]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using var process = Start(start);
        var errors = process.StandardError.ReadToEndAsync();
        var line = process.StandardOutput.ReadLine();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 && double.TryParse(line, CultureInfo.InvariantCulture, out var distance)
            ? distance
            : throw new InvalidOperationException($"{Program} {original} {distorted} failed with code {process.ExitCode}: {line} {errors.Result}");
    }

    private Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new InvalidOperationException($"{Program} cannot be started: {error.Message}. It is part of libjxl's tools; on Debian: apt install libjxl-devtools.", error);
        }
    }
}
