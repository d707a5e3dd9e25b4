using LdmMl.Torch.Arguments;

namespace LdmMl.Files;

/// <summary>A table that says which label each image file has.</summary>
internal sealed class LabelTable
{
    // A message shows at most this many names.
    private const int NamesShown = 3;

    /// <summary>The names of the file column in a header; a table without a header begins with an image.</summary>
    public static readonly IReadOnlyList<string> FileColumns = ["file", "filename", "file_name", "image", "name", "path"];

    private readonly string source;

    // Keyed by the name without folders, which may have been different where the table was written.
    private readonly Dictionary<string, List<LabelLine>> lines = new(StringComparer.Ordinal);

    private LabelTable(string source) => this.source = source;

    /// <summary>Reads a table of tab-separated or comma-separated values.</summary>
    /// <param name="file">The table.</param>
    /// <param name="labelColumn">The name of the column of labels; null for 'label', or the second column if there is none.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="OptionException">The table has no such column.</exception>
    /// <exception cref="InvalidDataException">A line has too few values, or a file occurs twice with two labels.</exception>
    public static LabelTable Read(FileInfo file, string? labelColumn)
    {
        if (!file.Exists)
            throw new FileNotFoundException($"There is no table of labels '{file}'.");
        var rows = SeparatedValues.Read(TextFile.Read(file)).ToList();
        var table = new LabelTable(file.ToString());
        var (files, labels, begin) = table.Columns(rows.Count > 0 ? rows[0].Values : [], labelColumn);
        foreach (var (line, values) in rows.Skip(begin))
            table.Add(line, values, files, labels);
        return table;
    }

    /// <summary>Gets the label of each of some files.</summary>
    /// <param name="names">The names of image files, with their folders.</param>
    /// <exception cref="InvalidDataException">A file has none, or several; the message names it.</exception>
    public string[] Of(IReadOnlyList<string> names)
    {
        var found = names.Select(Find).ToArray();
        var without = names.Where((_, index) => found[index] is null).ToArray();
        if (without.Length == 0)
            return found!;
        var more = without.Length > NamesShown ? $" and {without.Length - NamesShown} more" : "";
        throw new InvalidDataException(
            $"'{source}' has no label for {string.Join(", ", without.Take(NamesShown).Select(name => $"'{name}'"))}{more}; "
            + "add lines for them, or move them out of the folder.");
    }

    // If several lines have the same file name, the one that also names the folder wins.
    private string? Find(string name)
    {
        var same = lines.GetValueOrDefault(Path.GetFileName(name), []);
        if (same.Count > 1 && same.FirstOrDefault(line => line.Fits(name)) is { } best)
            return best.Label;
        var labels = same.Select(line => line.Label).Distinct().ToArray();
        return labels.Length <= 1 ? labels.FirstOrDefault() : throw new InvalidDataException(
            $"'{source}' has the labels {string.Join(", ", labels.Select(label => $"'{label}'"))} for files named like '{name}'; "
            + "include their folders in the table, as in 'sub/name.png'.");
    }

    private (int Files, int Labels, int Begin) Columns(string[] first, string? labelColumn)
    {
        var names = first.Select(name => name.ToLowerInvariant()).ToList();
        var files = names.FindIndex(name => FileColumns.Contains(name));
        if (files < 0)
        {
            return labelColumn is null
                ? (0, 1, 0)
                : throw Check.Refuse(
                    nameof(labelColumn), labelColumn, $"the first line of '{source}' names no columns: none of them is 'file'");
        }

        var found = labelColumn is null ? names.IndexOf("label") : Array.IndexOf(first, labelColumn);
        if (found < 0 && labelColumn is not null)
            throw Check.Refuse(nameof(labelColumn), labelColumn, $"'{source}' has {string.Join(", ", first.Select(name => $"'{name}'"))}");
        return (files, found >= 0 ? found : files == 0 ? 1 : 0, 1);
    }

    private void Add(int number, string[] values, int fileColumn, int labelColumn)
    {
        if (values.Length <= Math.Max(fileColumn, labelColumn) || values[fileColumn].Length == 0 || values[labelColumn].Length == 0)
            throw new InvalidDataException($"Line {number} of '{source}' should name a file and its label: '{string.Join(" | ", values)}'.");
        var line = new LabelLine(values[fileColumn].Replace('\\', '/'), values[labelColumn]);
        var same = lines.TryGetValue(Path.GetFileName(line.Name), out var known) ? known : lines[Path.GetFileName(line.Name)] = [];
        if (same.FirstOrDefault(other => other.Name == line.Name && other.Label != line.Label) is { } earlier)
        {
            throw new InvalidDataException(
                $"Line {number} of '{source}' says that '{line.Name}' is '{line.Label}', but an earlier one says '{earlier.Label}'.");
        }

        same.Add(line);
    }
}
