namespace LdmMl.Cli.Pipelines;

/// <summary>The image files of a folder.</summary>
internal static class ImageFiles
{
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif"];

    /// <summary>Lists the image files of a folder, not of the folders in it, in the order of their names.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">It holds no image.</exception>
    public static string[] List(DirectoryInfo folder) => Find(folder, SearchOption.TopDirectoryOnly);

    /// <summary>
    /// Lists the image files of a folder and of those in it by their names relative to it, with '/' between folders, in the order of the
    /// names.
    /// </summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">It holds no image.</exception>
    public static string[] ListAll(DirectoryInfo folder) =>
        [.. Find(folder, SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder.FullName, file).Replace(Path.DirectorySeparatorChar, '/'))
            .Order(StringComparer.Ordinal)];

    /// <summary>Gives a name without what says the kind of file: 'a/photo' for 'a/photo.jpg' and for 'a/photo.jpg.png'.</summary>
    public static string Stem(string name)
    {
        while (IsImage(name))
            name = name[..^Path.GetExtension(name).Length];
        return name;
    }

    private static string[] Find(DirectoryInfo folder, SearchOption depth)
    {
        if (!folder.Exists)
            throw new DirectoryNotFoundException($"The image folder '{folder}' does not exist.");
        var files = folder.EnumerateFiles("*", depth)
            .Select(file => file.FullName)
            .Where(IsImage)
            .Order(StringComparer.Ordinal)
            .ToArray();
        return files.Length > 0
            ? files
            : throw new FileNotFoundException($"The folder '{folder}' holds no image: no file there ends with {string.Join(", ", Extensions)}.");
    }

    private static bool IsImage(string name) => Extensions.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase);
}
