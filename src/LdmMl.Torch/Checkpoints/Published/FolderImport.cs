namespace LdmMl.Torch.Checkpoints.Published;

/// <summary>Copies published files out of a folder. Names only say where to look; the content must match.</summary>
internal static class FolderImport
{
    // Deep enough for the layouts of PyTorch's cache and of the LPIPS repository; a whole disk is not searched by mistake.
    private static readonly EnumerationOptions Search = new() { RecurseSubdirectories = true, MaxRecursionDepth = 5, IgnoreInaccessible = true };

    public static IReadOnlyList<ImportedFile> Run(
        string folder, IReadOnlyList<PublishedFile> files, Func<PublishedFile, string> targetOf, CancellationToken cancellation)
    {
        var candidates = Candidates(folder, files);
        return [.. files.Select(file => Take(file, candidates[file.Name], targetOf(file), cancellation))];
    }

    private static ILookup<string, string> Candidates(string folder, IReadOnlyList<PublishedFile> files) =>
        (from path in Directory.EnumerateFiles(folder, "*", Search).Order(StringComparer.Ordinal)
         let name = Path.GetFileName(path)
         from file in files
         where name.Equals(file.FileName, StringComparison.OrdinalIgnoreCase) || file.OtherNames.Contains(name, StringComparer.OrdinalIgnoreCase)
         select (file.Name, path)).ToLookup(found => found.Name, found => found.path);

    private static ImportedFile Take(PublishedFile file, IEnumerable<string> candidates, string target, CancellationToken cancellation)
    {
        var refused = new List<string>();
        foreach (var path in candidates)
        {
            cancellation.ThrowIfCancellationRequested();
            if (ContentCheck.Problem(file, path, cancellation) is { } problem)
            {
                refused.Add($"'{path}': {problem}");
                continue;
            }
            if (Path.GetFullPath(path) != target)
                Copy(path, target);
            return new(file, path, refused);
        }
        return new(file, null, refused);
    }

    private static void Copy(string path, string target)
    {
        try
        {
            AtomicFile.Write(target, stream =>
            {
                using var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.SequentialScan);
                source.CopyTo(stream, 1 << 20);
            });
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"'{target}' cannot be written: {error.Message}", error);
        }
    }
}
