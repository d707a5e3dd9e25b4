using LdmMl.Cli.Generating;
using LdmMl.Cli.Output;

namespace LdmMl.Cli.Pipelines;

/// <summary>The image files of a folder and of those in it.</summary>
internal sealed class ImageFolder
{
    // Of more kinds of other files, the message shows the first.
    private const int KindsShown = 3;

    private ImageFolder(DirectoryInfo folder, string[] names) => (Folder, Names) = (folder, names);

    /// <summary>Gets the folder.</summary>
    public DirectoryInfo Folder { get; }

    /// <summary>Gets the names relative to the folder, with '/' between folders, in the order of the names.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Gets how many images are left out because they cannot be read.</summary>
    public int LeftOut { get; private init; }

    /// <summary>Gets the paths, in the same order.</summary>
    public string[] Paths => [.. Names.Select(name => Path.Combine(Folder.FullName, name))];

    /// <summary>Finds the images, and says on standard error how many other files were passed over.</summary>
    /// <param name="option">The option that names the folder.</param>
    /// <param name="folder">The folder.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">It holds no image.</exception>
    public static ImageFolder Open(string option, DirectoryInfo folder)
    {
        var found = Existing(option, folder);
        var files = FolderWalk.FilesOf(found).ToLookup(ImageNames.IsImage);
        var names = files[true].Select(file => Path.GetRelativePath(found.FullName, file).Replace(Path.DirectorySeparatorChar, '/'))
            .Order(StringComparer.Ordinal).ToArray();
        if (names.Length == 0)
        {
            throw new FileNotFoundException(
                $"The folder '{folder}' holds no image: no file in it ends with {string.Join(", ", ImageNames.Extensions)}.");
        }

        var others = files[false].Where(file => Path.GetFileName(file) != GenerationRecord.FileName).ToArray();
        var verb = others.Length == 1 ? "is not an image" : "are not images";
        if (others.Length > 0)
            Terminal.Message($"{Counted.Of(others.Length, "file")} of '{folder}' {verb} by name ({Kinds(others)}).");
        return new(found, names);
    }

    /// <summary>Leaves out the files that cannot be read, and says which.</summary>
    /// <exception cref="InvalidDataException">None can be read.</exception>
    public ImageFolder Readable(long maximumPixels, CancellationToken cancellation)
    {
        var readable = ReadableFiles.Of(Paths, maximumPixels, cancellation);
        return new(Folder, [.. readable.Select(NameOf)]) { LeftOut = Names.Count - readable.Length };
    }

    /// <summary>Gives the name of a file of the folder.</summary>
    public string NameOf(string path) => Path.GetRelativePath(Folder.FullName, path).Replace(Path.DirectorySeparatorChar, '/');

    // A path as Windows writes it means the same folder where there is none with such a name.
    private static DirectoryInfo Existing(string option, DirectoryInfo folder)
    {
        if (folder.Exists)
            return folder;
        if (File.Exists(folder.FullName))
            throw new DirectoryNotFoundException($"{option} is '{folder}', which is a file; name the folder of the images.");
        var meant = new DirectoryInfo(folder.ToString().Replace('\\', '/'));
        return meant.Exists ? meant : throw new DirectoryNotFoundException($"{option} is '{folder}', but there is no such folder.");
    }

    private static string Kinds(string[] files)
    {
        var kinds = files.Select(file => Path.GetExtension(file) is { Length: > 0 } extension ? extension : "without extension").Distinct().ToArray();
        return string.Join(", ", kinds.Take(KindsShown)) + (kinds.Length > KindsShown ? " and others" : "");
    }
}
