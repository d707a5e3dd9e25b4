using LdmMl.Torch.Checkpoints.Published;

namespace LdmMl.Cli.Output;

/// <summary>What the cache of published weights holds, for people and for machines.</summary>
internal static class WeightReport
{
    public static void Write(WeightCache cache, IReadOnlyList<PublishedFileStatus> files)
    {
        Terminal.WriteLine($"cache: {cache.Folder}");
        foreach (var status in files)
        {
            Terminal.WriteLine($"{status.File.Name,-14} {State(status),-8} {ByteSize.Of(status.File.Length),9}  {status.File.Purpose}");
            if (Remark(status) is { } remark)
                Terminal.WriteLine($"{"",15}{remark}");
            Terminal.WriteLine($"{"",15}from {cache.AddressOf(status.File)}");
            Terminal.WriteLine($"{"",15}{(status.State == PublishedFileState.Missing ? "to  " : "in  ")} {status.Path}");
        }
    }

    public static void WriteTerms(IEnumerable<PublishedFile> files, Action<string> write)
    {
        foreach (var group in files.GroupBy(file => file.Terms))
            write($"terms of {string.Join(", ", group.Select(file => file.Name))}: {group.Key}");
    }

    public static object Json(WeightCache cache, IEnumerable<PublishedFileStatus> files) => new
    {
        folder = cache.Folder,
        files = files.Select(status => new
        {
            status.File.Name,
            status.File.FileName,
            status.File.Purpose,
            address = cache.AddressOf(status.File),
            status.File.Length,
            status.File.Sha256,
            status.File.Terms,
            state = State(status),
            status.Path,
            status.Problem,
            status.PartLength,
        }),
    };

    private static string State(PublishedFileStatus status) => status.State switch
    {
        PublishedFileState.Present => "present",
        PublishedFileState.Damaged => "damaged",
        _ => "missing",
    };

    private static string? Remark(PublishedFileStatus status) =>
        status.State == PublishedFileState.Damaged ? $"{status.Problem}; 'ldmml weights download {status.File.Name}' replaces it"
        : status is { State: PublishedFileState.Missing, PartLength: > 0 }
            ? $"{ByteSize.Of(status.PartLength)} of it were received; a download continues there"
        : null;
}
