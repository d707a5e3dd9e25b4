using System.Text.Json;
using System.Text.RegularExpressions;
using LdmMl.Cli.Output;

namespace LdmMl.Cli.Sharding;

/// <summary>The part of a job that this machine does, and the folder in which all machines leave theirs.</summary>
/// <param name="Shard">Which part.</param>
/// <param name="From">The environment variables that say so; null for <c>--shard</c>.</param>
/// <param name="Folder">The folder of parts.</param>
internal sealed partial record PartTarget(Shard Shard, string? From, DirectoryInfo Folder)
{
    /// <summary>Gets the file.</summary>
    public string Path => System.IO.Path.Combine(Folder.FullName, NameOf(Shard));

    /// <summary>Gets the name of a part's file.</summary>
    public static string NameOf(Shard shard) => $"part-{shard.Index}-of-{shard.Count}.zip";

    /// <summary>Gets whether a file is a part by its name; copies, such as <c>part-0-of-4 (1).zip</c>, are.</summary>
    public static bool IsPart(string name) => PartName().IsMatch(name);

    /// <summary>Computes and writes the part, unless it is there already.</summary>
    /// <param name="command">The command.</param>
    /// <param name="job">What determines the results.</param>
    /// <param name="total">How many rows all parts have together.</param>
    /// <param name="facts">What the command reports besides its rows.</param>
    /// <param name="compute">Computes the rows of some numbers and adds them.</param>
    /// <exception cref="InvalidOperationException">The part that is there is of another job.</exception>
    public int Run<T>(string command, JobRecord job, int total, T facts, Action<PartWriter, int[]> compute)
    {
        var header = new PartHeader(
            PartHeader.FormatName, command, Shard.Index, Shard.Count, total, job.Values, JsonSerializer.SerializeToElement(facts, PartHeader.Json));
        OutputFolder.Check("--parts", Folder);
        Directory.CreateDirectory(Folder.FullName);
        Leftovers.Remove(Folder);
        var numbers = Shard.Numbers(total).ToArray();
        var rows = $"shard {Shard}{(From is null ? "" : $", as {From} say")}: {numbers.Length} of {Counted.Of(total, "row")}";
        if (IsThere(header))
        {
            Terminal.WriteLine($"{rows}; '{Path}' exists already and is kept");
            return ExitCode.Success;
        }

        Terminal.Message(rows);
        using var writer = new PartWriter(Path);
        compute(writer, numbers);
        writer.Complete(header);
        Terminal.WriteLine($"part: {Path}");
        return ExitCode.Success;
    }

    private bool IsThere(PartHeader header)
    {
        if (!File.Exists(Path))
            return false;
        using var part = PartFile.Open(Path);
        part.RequireJob(header, "this one");
        return part.Header.Index == Shard.Index
            ? true : throw new InvalidOperationException($"'{Path}' is part {part.Header.Shard} by its content; give it its name, or delete it.");
    }

    [GeneratedRegex(@"^part-.*\.zip$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PartName();
}
