namespace LdmMl.Files;

/// <summary>
/// The files of a folder and its subfolders, each once: links are followed last, and only to what has not been
/// found yet, so a link to a parent folder causes no loop. Hidden files and folders are skipped: names that begin with a dot, and the
/// <c>__MACOSX</c> folder in archives.
/// </summary>
internal sealed class FolderWalk
{
    private const string ArchiveExtras = "__MACOSX";

    private readonly HashSet<string> seen = new(StringComparer.Ordinal);
    private readonly Queue<FileSystemInfo> links = new();
    private readonly List<string> files = [];

    private FolderWalk()
    {
    }

    /// <summary>Lists the paths of the files.</summary>
    /// <param name="folder">The folder.</param>
    public static IReadOnlyList<string> FilesOf(DirectoryInfo folder)
    {
        var walk = new FolderWalk();
        walk.Visit(folder.FullName);
        while (walk.links.TryDequeue(out var link))
            walk.Follow(link);
        return walk.files;
    }

    private void Visit(string folder)
    {
        if (!seen.Add(RealPath.Of(folder)))
            return;
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            if (entry.Name.StartsWith('.') || entry.Name == ArchiveExtras || entry.Attributes.HasFlag(FileAttributes.Hidden))
                continue;
            if (entry.LinkTarget is not null)
                links.Enqueue(entry);
            else if (entry is DirectoryInfo)
                Visit(entry.FullName);
            else if (seen.Add(RealPath.Of(entry.FullName)))
                files.Add(entry.FullName);
        }
    }

    private void Follow(FileSystemInfo link)
    {
        var target = RealPath.Of(link.FullName);
        if (Directory.Exists(target))
            Visit(link.FullName);
        else if (File.Exists(target) && seen.Add(target))
            files.Add(link.FullName);
    }
}
