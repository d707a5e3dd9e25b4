namespace LdmMl.Cli.Output;

/// <summary>A folder that a command writes into; whether it is writable is checked before any work.</summary>
internal static class OutputFolder
{
    /// <summary>Tries to write to the folder, and removes what the attempt made, so that a failing command leaves nothing behind.</summary>
    /// <param name="option">The option that named it.</param>
    /// <param name="folder">The folder.</param>
    /// <exception cref="IOException">It cannot be made or written; the message says why and what to do.</exception>
    public static void Check(string option, DirectoryInfo folder)
    {
        if (Terminal.IsQuiet)
            return;
        var absent = Absent(folder).ToArray();
        try
        {
            Directory.CreateDirectory(folder.FullName);
            var trial = TemporaryName.Beside(Path.Combine(folder.FullName, "trial"));
            File.WriteAllBytes(trial, []);
            File.Delete(trial);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"{option} needs the folder '{folder.FullName}', which cannot be created or written: {Reason(folder, error)} Choose another.", error);
        }
        finally
        {
            foreach (var made in absent.Where(path => Directory.Exists(path) && !Directory.EnumerateFileSystemEntries(path).Any()))
                Directory.Delete(made);
        }
    }

    /// <summary>Refuses to write among the images that are read: the next run would read what this one wrote.</summary>
    /// <param name="folder">The folder to write.</param>
    /// <param name="images">The folder of the images, which is read with the folders in it.</param>
    /// <exception cref="IOException">The folder is that of the images, or lies in it.</exception>
    public static void CheckApart(DirectoryInfo folder, DirectoryInfo images)
    {
        for (var part = folder; part is not null; part = part.Parent)
        {
            if (Path.TrimEndingDirectorySeparator(part.FullName) == Path.TrimEndingDirectorySeparator(images.FullName))
            {
                var place = part == folder ? "is" : "lies in";
                throw new IOException(
                    $"--out {place} the folder of the images, '{images.FullName}'; choose another, because the next run would read the output of this one.");
            }
        }
    }

    /// <summary>Refuses to replace what an earlier run left.</summary>
    /// <param name="folder">The folder to write.</param>
    /// <param name="what">What is there: "a model".</param>
    /// <param name="names">The files and folders that show it.</param>
    /// <param name="mayReplace">Whether it may be replaced.</param>
    /// <exception cref="IOException">One of them is there.</exception>
    public static void CheckFree(DirectoryInfo folder, string what, IEnumerable<string> names, bool mayReplace)
    {
        if (!mayReplace && names.Any(name => Path.Exists(Path.Combine(folder.FullName, name))))
            throw new IOException($"--out is '{folder}', which contains {what}; give --overwrite to replace it, or choose another folder.");
    }

    /// <summary>Writes a file under a name that came from elsewhere, completely or not at all, and never outside the folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">The name relative to it, with '/' between folders.</param>
    /// <param name="content">The content.</param>
    /// <exception cref="InvalidDataException">The name leads out of the folder.</exception>
    public static void WriteWithin(string folder, string name, byte[] content)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + Path.DirectorySeparatorChar;
        var path = Path.GetFullPath(Path.Combine(root, name));
        if (!path.StartsWith(root, StringComparison.Ordinal) || path.EndsWith(Path.DirectorySeparatorChar))
            throw new InvalidDataException($"A part names an image '{name}', which would lie outside '{folder}'. Delete the part, and run its shard again.");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = TemporaryName.Beside(path);
        File.WriteAllBytes(temporary, content);
        File.Move(temporary, path, overwrite: true);
    }

    // The deepest first.
    private static IEnumerable<string> Absent(DirectoryInfo folder)
    {
        for (var part = folder; part is not null && !Directory.Exists(part.FullName); part = part.Parent)
            yield return part.FullName;
    }

    private static string Reason(DirectoryInfo folder, Exception error)
    {
        for (var part = folder; part is not null; part = part.Parent)
        {
            if (File.Exists(part.FullName))
                return $"'{part.FullName}' is a file.";
        }

        return error is UnauthorizedAccessException ? "access is denied." : error.Message;
    }
}
