using System.Diagnostics;
using System.Globalization;
using LdmMl.Benchmarks.Measuring;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>
/// stable-diffusion.cpp on the same file: its command-line program makes one image of 512x512 in one guided step, anew each time, and says how long
/// the step and the decode took.
/// </summary>
/// <param name="marker">What its line about the timed part begins with.</param>
internal sealed class StableDiffusionCpp(string marker) : IWorkload
{
    private const string Taking = "completed, taking ", PeakEntry = "VmHWM:";

    private readonly string image = Path.Combine(Path.GetTempPath(), $"ldmml-{Environment.ProcessId}.png");
    private double peakKilobytes;

    /// <summary>Gets what the comparisons lack; null if nothing.</summary>
    public static string? Missing => FullSizeFile.Missing ?? (Program is not null ? null
        : "The comparison needs stable-diffusion.cpp: name its program sd-cli in LDMML_SDCPP (README, Full size).");

    /// <inheritdoc/>
    public int WarmingRuns => 0;

    /// <inheritdoc/>
    public double? Milliseconds { get; private set; }

    /// <inheritdoc/>
    public double? PeakMegabytes => peakKilobytes * 1024 / 1e6;

    /// <inheritdoc/>
    public string Remark => "stable-diffusion.cpp";

    private static string? Program => Environment.GetEnvironmentVariable("LDMML_SDCPP") is { Length: > 0 } path ? path : null;

    public static IWorkload Step() => new StableDiffusionCpp("sampling");

    public static IWorkload Decode() => new StableDiffusionCpp("decode_first_stage");

    public void Run()
    {
        var start = new ProcessStartInfo(Program!) { UseShellExecute = false, RedirectStandardOutput = true };
        string[] words = ["-m", FullSizeFile.Path!, "-p", "a red fox in the snow", "--steps", "1", "--cfg-scale", "7.5", "-W", "512", "-H", "512",
            "-t", Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture), "-o", image];
        foreach (var word in words)
            start.ArgumentList.Add(word);
        using var process = Process.Start(start)!;
        Milliseconds = null;
        while (process.StandardOutput.ReadLine() is { } line)
        {
            peakKilobytes = Math.Max(peakKilobytes, PeakOf(process));
            if (SecondsOf(line) is { } seconds)
                Milliseconds = seconds * 1000;
        }

        process.WaitForExit();
        if (Milliseconds is null)
            throw new InvalidOperationException($"{Program} ended with {process.ExitCode} and did not say how long '{marker}' took.");
    }

    public void Dispose() => File.Delete(image);

    // "[INFO ] stable-diffusion.cpp:5711 - sampling completed, taking 41.23s"
    private double? SecondsOf(string line)
    {
        var at = line.IndexOf($"{marker} {Taking}", StringComparison.Ordinal);
        return at < 0 ? null : double.Parse(line[(at + marker.Length + 1 + Taking.Length)..].TrimEnd('s', ' '), CultureInfo.InvariantCulture);
    }

    // It writes a line after each of its parts, of which the last is the decode.
    private static double PeakOf(Process process)
    {
        var status = $"/proc/{process.Id}/status";
        var line = process.HasExited || !File.Exists(status) ? null : File.ReadLines(status).FirstOrDefault(entry => entry.StartsWith(PeakEntry, StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line[PeakEntry.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }
}
