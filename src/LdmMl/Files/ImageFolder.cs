using LdmMl.Images;
namespace LdmMl.Files;

/// <summary>The image files of a folder and its subfolders.</summary>
internal sealed class ImageFolder
{
    private ImageFolder(DirectoryInfo folder, IReadOnlyList<string> names) => (Folder, Names) = (folder, names);

    /// <summary>Gets the folder.</summary>
    public DirectoryInfo Folder { get; }

    /// <summary>Gets the names relative to the folder, with '/' between folders, in ordinal order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Gets the paths of the files that are not images by name.</summary>
    public IReadOnlyList<string> Others { get; private init; } = [];

    /// <summary>Gets how many images are skipped because they cannot be read.</summary>
    public int LeftOut { get; private init; }

    /// <summary>Gets the paths, in the same order.</summary>
    public string[] Paths => [.. Names.Select(name => Path.Combine(Folder.FullName, name))];

    /// <summary>Finds the images.</summary>
    /// <param name="name">The parameter or tool option that names the folder, for messages.</param>
    /// <param name="folder">The folder.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">It holds no image.</exception>
    public static ImageFolder Open(string name, DirectoryInfo folder)
    {
        var found = Existing(name, folder);
        var extensions = ImageFormats.Extensions;
        var files = FolderWalk.FilesOf(found).ToLookup(file => IsImage(file, extensions));
        string[] names = [.. files[true].Select(file => RelativeName(found, file)).Order(StringComparer.Ordinal)];
        return names.Length > 0
            ? new(found, names) { Others = [.. files[false]] }
            : throw new FileNotFoundException($"The folder '{folder}' holds no image: no file in it ends with {string.Join(", ", extensions)}.");
    }

    /// <summary>Keeps only some of the images.</summary>
    /// <param name="paths">The paths to keep, in order.</param>
    public ImageFolder Keep(IReadOnlyCollection<string> paths) =>
        new(Folder, [.. paths.Select(NameOf)]) { Others = Others, LeftOut = Names.Count - paths.Count };

    /// <summary>Gets the name of a file of the folder.</summary>
    public string NameOf(string path) => RelativeName(Folder, path);

    /// <summary>Gets a name without its image extensions: 'a/photo' for 'a/photo.jpg' and for 'a/photo.jpg.png'.</summary>
    public static string Stem(string name)
    {
        while (IsImage(name, ImageFormats.Extensions))
            name = name[..^Path.GetExtension(name).Length];
        return name;
    }

    private static bool IsImage(string name, IReadOnlyList<string> extensions) =>
        extensions.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase);

    private static string RelativeName(DirectoryInfo folder, string path) =>
        Path.GetRelativePath(folder.FullName, path).Replace(Path.DirectorySeparatorChar, '/');

    // A backslash may be part of a name on Linux: a path is converted only if no folder has that name.
    private static DirectoryInfo Existing(string name, DirectoryInfo folder)
    {
        if (folder.Exists)
            return folder;
        if (File.Exists(folder.FullName))
            throw new DirectoryNotFoundException($"{name} is '{folder}', which is a file; name the folder of the images.");
        var meant = new DirectoryInfo(folder.ToString().Replace('\\', '/'));
        return meant.Exists ? meant : throw new DirectoryNotFoundException($"{name} is '{folder}', but there is no such folder.");
    }
}
