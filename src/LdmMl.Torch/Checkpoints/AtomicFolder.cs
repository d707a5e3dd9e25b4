namespace LdmMl.Torch.Checkpoints;

/// <summary>Folders that appear whole or not at all: filled under a temporary name beside the target, then renamed.</summary>
internal static class AtomicFolder
{
    /// <summary>Writes a folder. One that exists is written in place, file by file: what else lies in it is not ours to remove.</summary>
    /// <param name="folder">The folder; its parents are made.</param>
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
