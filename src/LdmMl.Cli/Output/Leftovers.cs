namespace LdmMl.Cli.Output;

/// <summary>What killed runs were writing.</summary>
internal static class Leftovers
{
    // Younger files may be those of another machine that works on the same folder.
    private static readonly TimeSpan Age = TimeSpan.FromHours(1);

    /// <summary>Removes the unfinished files of a folder that are old enough to belong to nobody.</summary>
    public static void Remove(DirectoryInfo folder)
    {
        if (!folder.Exists)
            return;
        foreach (var file in folder.EnumerateFiles(TemporaryName.Pattern).Where(file => DateTime.UtcNow - file.LastWriteTimeUtc > Age))
            file.Delete();
    }
}
