namespace LdmMl.Cli.Output;

/// <summary>A folder that a command writes into; whether it can is found out before any work.</summary>
internal static class OutputFolder
{
    /// <summary>Makes the folder where it is absent, and writes to it for a trial.</summary>
    /// <param name="option">The option that named it.</param>
    /// <param name="folder">The folder.</param>
    /// <exception cref="IOException">It cannot be made or written; the message says why and what to do.</exception>
    public static void Check(string option, DirectoryInfo folder)
    {
        try
        {
            folder.Create();
            var trial = Path.Combine(folder.FullName, $".ldmml-{Guid.NewGuid():N}");
            File.WriteAllBytes(trial, []);
            File.Delete(trial);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"{option} needs the folder '{folder.FullName}', which cannot be made or written: {Reason(folder, error)} Choose another.", error);
        }
    }

    /// <summary>Refuses to write among the images that are read: the next run would read what this one wrote.</summary>
    /// <exception cref="IOException">Both are the same folder.</exception>
    public static void CheckApart(DirectoryInfo folder, DirectoryInfo images)
    {
        if (Path.TrimEndingDirectorySeparator(folder.FullName) == Path.TrimEndingDirectorySeparator(images.FullName))
        {
            throw new IOException(
                $"--out is the folder of the images, '{images.FullName}'; choose another, or the next run would read what this one wrote.");
        }
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
