namespace LdmMl.Files;

/// <summary>Image files, and the label or the captions of each, if any.</summary>
/// <param name="Paths">The paths.</param>
/// <param name="Labels">The label of each; null for none.</param>
internal sealed record LabelledFiles(IReadOnlyList<string> Paths, IReadOnlyList<string>? Labels)
{
    /// <summary>Gets the captions of each; null for none.</summary>
    public IReadOnlyList<string[]>? Captions { get; init; }

    /// <summary>Gets the labels that occur, in ordinal order; null for none.</summary>
    public IReadOnlyList<string>? Names => Labels?.Distinct().Order(StringComparer.Ordinal).ToArray();

    /// <summary>Leaves files without labels.</summary>
    public static LabelledFiles Without(ImageFolder folder) => new(folder.Paths, null);

    /// <summary>Takes the captions from a table.</summary>
    /// <exception cref="InvalidDataException">A file has no caption.</exception>
    public static LabelledFiles Of(ImageFolder folder, CaptionTable table) => new(folder.Paths, null) { Captions = table.Of(folder.Names) };

    /// <summary>Takes the labels from a table.</summary>
    /// <exception cref="InvalidDataException">A file has no label, or several.</exception>
    public static LabelledFiles Of(ImageFolder folder, LabelTable table) => new(folder.Paths, table.Of(folder.Names));

    /// <summary>Takes the folder in which each image lies as its label.</summary>
    /// <exception cref="InvalidDataException">An image lies in no folder of its own.</exception>
    public static LabelledFiles ByFolder(ImageFolder folder)
    {
        if (folder.Names.FirstOrDefault(name => !name.Contains('/', StringComparison.Ordinal)) is { } stray)
        {
            throw new InvalidDataException(
                $"Where folders are labels, each image lies in the folder of its label, but '{stray}' lies in '{folder.Folder}' itself.");
        }

        return new(folder.Paths, [.. folder.Names.Select(name => name[..name.IndexOf('/', StringComparison.Ordinal)])]);
    }

    /// <summary>Leaves out the files of other labels.</summary>
    /// <param name="labels">The labels to keep.</param>
    public LabelledFiles Keep(IReadOnlySet<string> labels)
    {
        (string Path, string Label)[] kept = [.. Paths.Zip(Labels!).Where(file => labels.Contains(file.Second))];
        return new([.. kept.Select(file => file.Path)], [.. kept.Select(file => file.Label)]);
    }

    /// <summary>Gets a row for each file, as a view reads them.</summary>
    public IEnumerable<ImageRow> Rows() => Paths.Select((path, index) => new ImageRow { Path = path, Label = Labels?[index] ?? "" });
}
