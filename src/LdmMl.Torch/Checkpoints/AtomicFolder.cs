namespace LdmMl.Torch.Checkpoints;

/// <summary>Atomic folders: filled under a temporary name next to the target, then renamed.</summary>
internal static class AtomicFolder
{
    /// <summary>Writes a folder. An existing folder is written in place, file by file: its other files are kept.</summary>
    /// <param name="folder">The folder; its parents are created.</param>
    /// <param name="write">Writes the files, each atomically, into the folder that it is given.</param>
    public static void Write(string folder, Action<string> write)
    {
        var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (Directory.Exists(target))
        {
            write(target);
            return;
        }

        var temporary = $"{target}.{Guid.NewGuid():N}.tmp";
        Directory.CreateDirectory(temporary);
        try
        {
            write(temporary);
            Directory.Move(temporary, target);
        }
        catch
        {
            Directory.Delete(temporary, recursive: true);
            throw;
        }
    }
}
