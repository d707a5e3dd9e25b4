using System.Diagnostics;
using System.Globalization;

namespace LdmMl.Fuzz;

/// <summary>Tries changed files one after the other, and keeps those that break a rule.</summary>
/// <param name="folder">Where such files are kept.</param>
/// <param name="output">Where they are reported.</param>
internal sealed class FuzzRun(string folder, TextWriter output)
{
    // What a reader takes for itself, whatever the file: tables, buffers of streams, code that is compiled at its first run.
    private const long OwnBytes = 16 << 20;
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(5);

    /// <summary>Gets the number of files tried.</summary>
    public long Files { get; private set; }

    /// <summary>Gets the number of files that were refused.</summary>
    public long Refused { get; private set; }

    /// <summary>Gets the number of files that broke a rule.</summary>
    public int Findings { get; private set; }

    /// <summary>Tries a reader for a while.</summary>
    public void Try(FuzzTarget target, int seed, TimeSpan time)
    {
        Directory.CreateDirectory(folder);
        var (clock, before, mutator) = (Stopwatch.StartNew(), Files, new Mutator(seed));
        while (clock.Elapsed < time)
            Try(target, mutator.Next(target.Samples));
        output.WriteLine($"{target.Name}: {Files - before} files");
    }

    private void Try(FuzzTarget target, byte[] file)
    {
        Files++;

        // A crash ends the process; what was being read is there then.
        var current = Path.Combine(folder, "current.bin");
        File.WriteAllBytes(current, file);
        Outcome? outcome = null;
        var thread = new Thread(() => outcome = Open(target, file), maxStackSize: 1 << 20);
        thread.IsBackground = true;
        var peak = ResidentPeak.Reset();
        thread.Start();
        if (!thread.Join(MostTime + TimeSpan.FromSeconds(1)))
        {
            // The thread cannot be stopped, and whatever is tried beside it would be measured wrongly.
            Report(target, file, $"takes longer than {MostTime.TotalSeconds} s");
            throw new TimeoutException($"{target.Name} does not come back; see {folder}.");
        }

        var most = (4 * file.LongLength) + OwnBytes;
        var (error, managed, took) = outcome!;
        if (error is not null)
            Refused++;
        if (error is not null && !target.IsDocumented(error))
            Report(target, file, $"throws {error}");
        else if (took > MostTime)
            Report(target, file, $"takes {took.TotalSeconds:F1} s");
        else if (managed > most)
            Report(target, file, $"allocates {managed} bytes for a file of {file.Length}");
        else if (ResidentPeak.Since(peak) > most + (48 << 20))
            Report(target, file, $"takes {ResidentPeak.Since(peak)} bytes of memory for a file of {file.Length}");
    }

    private static Outcome Open(FuzzTarget target, byte[] file)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        Exception? error = null;
        try
        {
            target.Open(file);
        }
        catch (Exception caught)
        {
            error = caught;
        }

        return new Outcome(error, GC.GetAllocatedBytesForCurrentThread() - allocated, clock.Elapsed);
    }

    private void Report(FuzzTarget target, byte[] file, string what)
    {
        Findings++;
        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{target.Name.Replace(' ', '-')}-{Findings}.bin"));
        File.WriteAllBytes(path, file);
        output.WriteLine($"{target.Name}: {path} {what}");
    }

    private sealed record Outcome(Exception? Error, long Allocated, TimeSpan Took);
}
