namespace LdmMl.Cli.Pipelines;

/// <summary>The image files of a folder.</summary>
internal static class ImageFiles
{
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif"];

    /// <summary>Lists the image files of a folder, not of the folders in it, in the order of their names.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">It holds no image.</exception>
    public static string[] List(DirectoryInfo folder)
    {
        if (!folder.Exists)
            throw new DirectoryNotFoundException($"The image folder '{folder}' does not exist.");
        var files = folder.EnumerateFiles()
            .Where(file => Extensions.Contains(file.Extension, StringComparer.OrdinalIgnoreCase))
            .Select(file => file.FullName)
            .Order(StringComparer.Ordinal)
            .ToArray();
        return files.Length > 0
            ? files
            : throw new FileNotFoundException($"The folder '{folder}' holds no image: no file there ends with {string.Join(", ", Extensions)}.");
    }
}
