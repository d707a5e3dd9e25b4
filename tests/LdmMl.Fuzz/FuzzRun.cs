using System.Diagnostics;
using System.Globalization;

namespace LdmMl.Fuzz;

/// <summary>Tries mutated files one after the other, and keeps those that break a rule.</summary>
/// <param name="folder">The folder for these files, and for files worth mutating further.</param>
/// <param name="output">Receives the reports.</param>
internal sealed class FuzzRun(string folder, TextWriter output)
{
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(5);

    private readonly HashSet<string> known = new(StringComparer.Ordinal);
    private readonly string current = Path.Combine(Directory.CreateDirectory(folder).FullName, "current.bin");

    /// <summary>Gets the number of files tried.</summary>
    public long Files { get; private set; }

    /// <summary>Gets the number of files that were refused.</summary>
    public long Refused { get; private set; }

    /// <summary>Gets the number of files that broke a rule.</summary>
    public int Findings { get; private set; }

    /// <summary>Keeps the file on which an earlier run crashed.</summary>
    public void KeepCrash()
    {
        if (File.Exists(current))
            Report("crash", File.ReadAllBytes(current), "ended the process");
    }

    /// <summary>Tries a reader for a while.</summary>
    public void Try(FuzzTarget target, int seed, TimeSpan time)
    {
        var allowance = MemoryAllowance.Measure(target);
        var corpus = new Corpus(target, Path.Combine(folder, "corpus"));
        foreach (var file in corpus.Files.ToArray())
            Try(target, file, allowance);
        var (clock, before, mutator, random) = (Stopwatch.StartNew(), Files, new Mutator(seed), new Random(seed));
        while (clock.Elapsed < time)
        {
            var file = mutator.Next(corpus);
            if (target.Repair is { } repair && random.Next(4) > 0)
                file = repair(file);
            if (Try(target, file, allowance))
                corpus.Add(file);
        }

        output.WriteLine($"{target.Name}: {Files - before} files, {corpus.Files.Count} kept, {Coverage.Branches} branches of all readers, {allowance}");
    }

    /// <summary>Tries one file.</summary>
    /// <returns>Whether it took a new branch.</returns>
    public bool Try(FuzzTarget target, byte[] file, MemoryAllowance allowance)
    {
        Files++;

        // A crash ends the process; this leaves the file that was being read.
        File.WriteAllBytes(current, file);
        var whole = target.Wrap?.Invoke(file) ?? file;
        var outcome = Open(target, whole);
        if (outcome.Resident > allowance.Resident(whole.Length))
        {
            // The peak may include other files and the garbage collector, so the file is tried again by itself.
            ResidentPeak.Restart();
            outcome = Open(target, whole);
        }

        var isNew = Coverage.Note();
        var (error, managed, resident, took) = outcome;
        if (error is not null)
            Refused++;
        if (error is not null && !target.IsDocumented(error))
            Report(target.Name, file, $"throws {error}", $"throws {error.GetType()} {error.StackTrace?.Split('\n')[0]}");
        else if (took > MostTime)
            Report(target.Name, file, $"takes {took.TotalSeconds:F1} s");
        else if (managed > allowance.Managed(whole.Length))
            Report(target.Name, file, $"allocates {managed} bytes for a file of {whole.Length}", "allocates");
        else if (resident > allowance.Resident(whole.Length))
            Report(target.Name, file, $"takes {resident} bytes of memory for a file of {whole.Length}", "takes memory");
        File.Delete(current);
        return isNew;
    }

    private Outcome Open(FuzzTarget target, byte[] file)
    {
        Outcome? outcome = null;
        var thread = new Thread(() => outcome = Measure(target, file), maxStackSize: 1 << 20);
        thread.IsBackground = true;
        thread.Start();
        if (!thread.Join(MostTime + MostTime))
        {
            // The thread cannot be stopped, and would disturb the measurement of other files.
            Report(target.Name, file, $"takes longer than {MostTime.TotalSeconds} s");
            throw new TimeoutException($"{target.Name} does not return; see {folder}.");
        }

        return outcome!;
    }

    private static Outcome Measure(FuzzTarget target, byte[] file)
    {
        Coverage.Reset();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
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

        var took = clock.Elapsed;
        return new Outcome(error, GC.GetTotalAllocatedBytes(precise: true) - allocated, ResidentPeak.Growth(), took);
    }

    // One file per kind is enough; a kind is the exception and where it is thrown.
    private void Report(string name, byte[] file, string what, string? kind = null)
    {
        if (!known.Add($"{name} {kind ?? what}"))
            return;
        Findings++;
        var path = Path.Combine(
            folder, string.Create(CultureInfo.InvariantCulture, $"{name.Replace(' ', '-')}-{DateTime.UtcNow:HHmmss}-{Findings}.bin"));
        File.WriteAllBytes(path, file);
        output.WriteLine($"{name}: {path} {what}");
    }

    private sealed record Outcome(Exception? Error, long Allocated, long Resident, TimeSpan Took);
}
