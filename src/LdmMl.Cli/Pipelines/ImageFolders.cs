using LdmMl.Cli.Generating;
using LdmMl.Cli.Output;
using LdmMl.Files;

namespace LdmMl.Cli.Pipelines;

/// <summary>Opens the folders that options name.</summary>
internal static class ImageFolders
{
    // The message shows at most this many kinds of other files.
    private const int KindsShown = 3;

    /// <summary>Finds the images of a folder, and reports on standard error how many other files are skipped.</summary>
    /// <param name="option">The option that names the folder.</param>
    /// <param name="folder">The folder.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">It holds no image.</exception>
    public static ImageFolder Open(string option, DirectoryInfo folder)
    {
        var images = ImageFolder.Open(option, folder);
        var others = images.Others.Where(file => Path.GetFileName(file) != GenerationRecord.FileName).ToArray();
        var verb = others.Length == 1 ? "is not an image" : "are not images";
        if (others.Length > 0)
            Terminal.Message($"{Counted.Of(others.Length, "file")} of '{folder}' {verb} by name ({Kinds(others)}).");
        return images;
    }

    private static string Kinds(string[] files)
    {
        var kinds = files.Select(file => Path.GetExtension(file) is { Length: > 0 } extension ? extension : "without extension").Distinct().ToArray();
        return string.Join(", ", kinds.Take(KindsShown)) + (kinds.Length > KindsShown ? " and others" : "");
    }
}
