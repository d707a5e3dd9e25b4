namespace LdmMl.Cli.Labelling;

/// <summary>Image files, and the label of each, if any.</summary>
/// <param name="Files">The paths.</param>
/// <param name="Labels">The label of each; null for none.</param>
internal sealed record LabelledFiles(string[] Files, string[]? Labels)
{
    /// <summary>Gets the names of the labels in their order, which is that of their numbers; null for none.</summary>
    public string[]? Names => Labels?.Distinct().Order(StringComparer.Ordinal).ToArray();

    /// <summary>Labels files, and leaves out those of labels that are not wanted.</summary>
    /// <param name="files">The paths.</param>
    /// <param name="table">What says the labels; null for none.</param>
    /// <param name="only">The labels that are wanted; all where it is empty.</param>
    /// <exception cref="InvalidDataException">A file has no label, or a wanted label no file.</exception>
    public static LabelledFiles Of(string[] files, LabelFile? table, IReadOnlyList<string> only)
    {
        if (table is null)
            return new(files, null);
        var labels = table.Of(files);
        var missing = only.FirstOrDefault(label => !labels.Contains(label));
        if (missing is not null)
        {
            var known = labels.Distinct().Order(StringComparer.Ordinal).Select(label => $"'{label}'");
            throw new InvalidDataException($"--only is '{missing}', which no image has; the labels are {string.Join(", ", known)}.");
        }

        var wanted = files.Zip(labels).Where(pair => only.Count == 0 || only.Contains(pair.Second)).ToArray();
        return new([.. wanted.Select(pair => pair.First)], [.. wanted.Select(pair => pair.Second)]);
    }

    /// <summary>Keeps those of the files that could be read, and numbers their labels.</summary>
    /// <param name="kept">The numbers of the files that could be read.</param>
    /// <param name="names">The names of the labels in their order.</param>
    public int[]? Numbers(IReadOnlyList<int> kept, string[]? names) =>
        Labels is null || names is null ? null : [.. kept.Select(file => Array.IndexOf(names, Labels[file]))];
}
