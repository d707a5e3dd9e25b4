using LdmMl.Cli.Arguments;
using LdmMl.Cli.Pipelines;

namespace LdmMl.Cli.Labelling;

/// <summary>Image files, and the label of each, if any.</summary>
/// <param name="Files">The paths.</param>
/// <param name="Labels">The label of each; null for none.</param>
internal sealed record LabelledFiles(string[] Files, string[]? Labels)
{
    /// <summary>Gets the names of the labels in their order, which is that of their numbers; null for none.</summary>
    public string[]? Names => Labels?.Distinct().Order(StringComparer.Ordinal).ToArray();

    /// <summary>Leaves files without labels.</summary>
    public static LabelledFiles Without(ImageFolder folder) => new(folder.Paths, null);

    /// <summary>Takes the labels from a table, and leaves out files of labels that are not wanted.</summary>
    /// <param name="folder">The images.</param>
    /// <param name="table">What says the labels.</param>
    /// <param name="only">The labels that are wanted, in any case; all where it is empty.</param>
    /// <exception cref="InvalidDataException">A file has no label, or a wanted label no file.</exception>
    public static LabelledFiles Of(ImageFolder folder, LabelFile table, IReadOnlyList<string> only) =>
        Of(folder, table.Of(folder.Names), only);

    /// <summary>Takes the folder in which each image lies for its label, and leaves out files of labels that are not wanted.</summary>
    /// <inheritdoc cref="Of(ImageFolder, LabelFile, IReadOnlyList{string})"/>
    public static LabelledFiles ByFolder(ImageFolder folder, IReadOnlyList<string> only)
    {
        if (folder.Names.FirstOrDefault(name => !name.Contains('/', StringComparison.Ordinal)) is { } stray)
        {
            throw new InvalidDataException(
                $"With --label-folders each image lies in the folder of its label, but '{stray}' lies in '{folder.Folder}' itself.");
        }

        return Of(folder, [.. folder.Names.Select(name => name[..name.IndexOf('/', StringComparison.Ordinal)])], only);
    }

    private static LabelledFiles Of(ImageFolder folder, string[] labels, IReadOnlyList<string> only)
    {
        if (only.Count == 0)
            return new(folder.Paths, labels);
        var known = labels.Distinct().Order(StringComparer.Ordinal).ToArray();
        var wanted = only.Select(label => Known(label, known)).ToHashSet();
        var kept = folder.Paths.Zip(labels).Where(pair => wanted.Contains(pair.Second)).ToArray();
        return new([.. kept.Select(pair => pair.First)], [.. kept.Select(pair => pair.Second)]);
    }

    private static string Known(string label, string[] known) => LabelNames.Find(label, known) ?? throw new InvalidDataException(
        $"--only is '{label}', which no image has; the labels are {string.Join(", ", known.Select(name => $"'{name}'"))}."
        + Suggestion.For(label, known));

    /// <summary>Gives the number of each file's label.</summary>
    /// <param name="names">The names of the labels in their order.</param>
    public int[]? Numbers(string[]? names) => Labels is null || names is null ? null : [.. Labels.Select(label => Array.IndexOf(names, label))];
}
