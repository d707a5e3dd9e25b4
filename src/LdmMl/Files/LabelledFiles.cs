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

    /// <summary>Uses no labels.</summary>
    public static LabelledFiles Without(ImageFolder folder) => new(folder.Paths, null);

    /// <summary>Takes the captions from a table.</summary>
    /// <exception cref="InvalidDataException">A file has no caption.</exception>
    public static LabelledFiles Of(ImageFolder folder, CaptionTable table) => new(folder.Paths, null) { Captions = table.Of(folder.Names) };

    /// <summary>Takes the labels from a table.</summary>
    /// <exception cref="InvalidDataException">A file has no label, or several.</exception>
    public static LabelledFiles Of(ImageFolder folder, LabelTable table) => new(folder.Paths, table.Of(folder.Names));

    /// <summary>Uses the name of the folder that contains each image as its label.</summary>
    /// <exception cref="InvalidDataException">An image is not in a subfolder.</exception>
    public static LabelledFiles ByFolder(ImageFolder folder)
    {
        if (folder.Names.FirstOrDefault(name => !name.Contains('/', StringComparison.Ordinal)) is { } stray)
        {
            throw new InvalidDataException(
                $"Where folders are labels, each image must be in the folder of its label, but '{stray}' is in '{folder.Folder}' itself.");
        }

        return new(folder.Paths, [.. folder.Names.Select(name => name[..name.IndexOf('/', StringComparison.Ordinal)])]);
    }

    /// <summary>Removes the files with other labels.</summary>
    /// <param name="labels">The labels to keep.</param>
    public LabelledFiles Keep(IReadOnlySet<string> labels)
    {
        (string Path, string Label)[] kept = [.. Paths.Zip(Labels!).Where(file => labels.Contains(file.Second))];
        return new([.. kept.Select(file => file.Path)], [.. kept.Select(file => file.Label)]);
    }

    /// <summary>Gets a row for each file, for a data view.</summary>
    public IEnumerable<ImageRow> Rows() => Paths.Select((path, index) => new ImageRow { Path = path, Label = Labels?[index] ?? "" });
}
