using LdmMl.Cli.Output;

namespace LdmMl.Cli.Sharding;

/// <summary>All parts of a job, checked to be complete and of one job.</summary>
internal sealed class PartSet : IDisposable
{
    private readonly PartFile[] parts;

    private PartSet(PartFile[] parts) => this.parts = parts;

    /// <summary>Gets the parts, in the order of their numbers.</summary>
    public IReadOnlyList<PartFile> Parts => parts;

    /// <summary>Gets what the job says about itself.</summary>
    public PartHeader Header => parts[0].Header;

    /// <summary>Opens the parts of a folder.</summary>
    /// <exception cref="InvalidOperationException">A part is missing, there twice, or of another job; the message names it.</exception>
    /// <exception cref="InvalidDataException">A part is damaged; the message names it.</exception>
    public static PartSet Open(DirectoryInfo folder)
    {
        if (!folder.Exists)
            throw new DirectoryNotFoundException($"There is no folder '{folder}'.");
        var files = folder.GetFiles().Where(file => !file.Name.StartsWith('.')).OrderBy(file => file.Name, StringComparer.Ordinal).ToArray();
        var paths = files.Where(file => PartTarget.IsPart(file.Name)).Select(file => file.FullName).ToArray();
        if (paths.Length == 0)
        {
            throw new FileNotFoundException(
                $"The folder '{folder}' contains no part, which is called '{PartTarget.NameOf(new(0, 4))}' or similar. "
                + "Commands with --shard and --parts write parts; images of 'ldmml generate --shard' need no merging.");
        }

        if (files.Length > paths.Length)
            Terminal.Message($"{Counted.Of(files.Length - paths.Length, "file")} of '{folder}' {(files.Length - paths.Length == 1 ? "is" : "are")} no part by name.");
        return Check(folder, OpenAll(paths));
    }

    /// <summary>Reads the rows of all parts in the order of one run.</summary>
    public IReadOnlyList<T> Rows<T>() =>
        [.. parts.SelectMany(part => part.Rows<T>()).OrderBy(row => row.Number).Select(row => row.Row)];

    /// <summary>Gets the part that has the row of a number.</summary>
    public PartFile PartOf(int number) => parts[number % parts.Length];

    /// <inheritdoc/>
    public void Dispose() => Close(parts);

    private static List<PartFile> OpenAll(string[] paths)
    {
        var parts = new List<PartFile>();
        try
        {
            parts.AddRange(paths.Select(PartFile.Open));
            return parts;
        }
        catch
        {
            Close(parts);
            throw;
        }
    }

    private static PartSet Check(DirectoryInfo folder, List<PartFile> found)
    {
        try
        {
            foreach (var part in found.Skip(1))
                part.RequireJob(found[0].Header, $"'{found[0].Path}'");
            if (found.GroupBy(part => part.Header.Index).FirstOrDefault(group => group.Count() > 1)?.ToArray() is [var first, var second, ..])
                throw new InvalidOperationException($"'{first.Path}' and '{second.Path}' are both part {first.Header.Shard}; delete one of them.");
            var missing = Enumerable.Range(0, found[0].Header.Count).Except(found.Select(part => part.Header.Index))
                .Select(index => $"{new Shard(index, found[0].Header.Count)}").ToArray();
            return missing.Length == 0 ? new([.. found.OrderBy(part => part.Header.Index)]) : throw new InvalidOperationException(
                $"The folder '{folder}' lacks {(missing.Length == 1 ? "part" : "parts")} {Listed(missing)}; run {(missing.Length == 1 ? "it" : "them")} with --shard first.");
        }
        catch
        {
            Close(found);
            throw;
        }
    }

    // The user can count the rest.
    private static string Listed(string[] shards) =>
        string.Join(", ", shards.Take(10)) + (shards.Length > 10 ? $" and {shards.Length - 10} more" : "");

    private static void Close(IEnumerable<PartFile> parts)
    {
        foreach (var part in parts)
            part.Dispose();
    }
}
