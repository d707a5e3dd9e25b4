namespace LdmMl.Cli.Output;

/// <summary>A text file that a command writes, completely or not at all; whether it can be written is checked before any work.</summary>
internal static class OutputFile
{
    /// <summary>Finds out whether the file can be written.</summary>
    /// <param name="option">The option that named it.</param>
    /// <param name="file">The file; null for none.</param>
    /// <param name="mayReplace">Whether a file that exists may be replaced.</param>
    /// <exception cref="IOException">It cannot be written; the message says why and what to do.</exception>
    public static void Check(string option, FileInfo? file, bool mayReplace)
    {
        if (file is null)
            return;
        if (Directory.Exists(file.FullName))
            throw new IOException($"{option} is '{file}', which is a folder; give a file.");
        if (!mayReplace && File.Exists(file.FullName))
            throw new IOException($"{option} is '{file}', which already exists; give --overwrite to replace it, or choose another name.");
        OutputFolder.Check(option, file.Directory!);
    }

    /// <summary>Refuses to write two results to one file, where the second would replace the first.</summary>
    /// <exception cref="IOException">Both options name the same file.</exception>
    public static void CheckApart(string option, FileInfo? file, string otherOption, FileInfo? other)
    {
        if (file is not null && other is not null && file.FullName == other.FullName)
            throw new IOException($"{option} and {otherOption} name the same file, '{file}'; give each its own name.");
    }

    /// <summary>Writes a text.</summary>
    public static void Write(FileInfo file, string text)
    {
        Directory.CreateDirectory(file.DirectoryName!);
        var temporary = TemporaryName.Beside(file.FullName);
        File.WriteAllText(temporary, text);
        File.Move(temporary, file.FullName, overwrite: true);
    }
}
