namespace LdmMl.Cli.Pipelines;

/// <summary>Names of image files.</summary>
internal static class ImageNames
{
    /// <summary>Gets how they end, in any case.</summary>
    public static IReadOnlyList<string> Extensions => ImageFormats.Extensions;

    /// <summary>Says whether a file is an image by its name.</summary>
    public static bool IsImage(string name) => Extensions.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase);

    /// <summary>Gives a name without what says the kind of file: 'a/photo' for 'a/photo.jpg' and for 'a/photo.jpg.png'.</summary>
    public static string Stem(string name)
    {
        while (IsImage(name))
            name = name[..^Path.GetExtension(name).Length];
        return name;
    }
}
