namespace LdmMl.Files;

/// <summary>Paths without links.</summary>
internal static class RealPath
{
    // Linux's limit.
    private const int MostLinks = 40;

    /// <summary>Gets the final target of a path: every link in it is resolved.</summary>
    public static string Of(string path) => Of(Path.GetFullPath(path), MostLinks);

    private static string Of(string path, int linksLeft)
    {
        if (Path.GetDirectoryName(path) is not { } parent)
            return path;
        var real = Path.Combine(Of(parent, linksLeft), Path.GetFileName(path));
        var target = new FileInfo(real).LinkTarget;
        return target is null || linksLeft == 0
            ? real : Of(Path.GetFullPath(target, Path.GetDirectoryName(real)!), linksLeft - 1);
    }
}
