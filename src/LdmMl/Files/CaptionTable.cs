using System.Text.Json;

namespace LdmMl.Files;

/// <summary>
/// A table of the captions of image files: a file and its wordings, separated by tabs or commas, on each line; or JSON Lines with
/// <c>file_name</c> and <c>text</c>, a text or a list of them (<c>metadata.jsonl</c> of Hugging Face's ImageFolder). Several lines for one file are
/// combined.
/// </summary>
internal sealed class CaptionTable
{
    private const string FileKey = "file_name", TextKey = "text";
    private const int NamesShown = 3;

    // The names of caption columns in a header; other columns of a table with a header are ignored.
    private static readonly string[] CaptionColumns = ["caption", "captions", "text"];

    private readonly string source;
    private readonly Dictionary<string, List<(LabelLine File, string[] Wordings)>> lines = new(StringComparer.Ordinal);

    private CaptionTable(string source) => this.source = source;

    /// <summary>Reads a table; its extension determines its format (.jsonl, .json or .ndjson for JSON Lines, otherwise separated values).</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A line does not name a file and its captions; the message names it.</exception>
    public static CaptionTable Read(FileInfo file)
    {
        if (!file.Exists)
            throw new FileNotFoundException($"There is no table of captions '{file}'.");
        var table = new CaptionTable(file.ToString());
        if (file.Extension.ToLowerInvariant() is ".jsonl" or ".json" or ".ndjson")
            table.AddJson(TextFile.Read(file));
        else
            table.AddValues([.. SeparatedValues.Read(TextFile.Read(file))]);
        return table;
    }

    /// <summary>Gets the captions of each of some files.</summary>
    /// <param name="names">The names of image files, with their folders.</param>
    /// <exception cref="InvalidDataException">A file has none; the message names it.</exception>
    public string[][] Of(IReadOnlyList<string> names)
    {
        var found = names.Select(Find).ToArray();
        var without = names.Where((_, index) => found[index].Length == 0).ToArray();
        if (without.Length == 0)
            return found;
        var more = without.Length > NamesShown ? $" and {without.Length - NamesShown} more" : "";
        throw new InvalidDataException(
            $"'{source}' has no caption for {string.Join(", ", without.Take(NamesShown).Select(name => $"'{name}'"))}{more}; "
            + "add lines for them, or move them out of the folder.");
    }

    private string[] Find(string name) =>
        [.. lines.GetValueOrDefault(Path.GetFileName(name), []).Where(line => line.File.Fits(name)).SelectMany(line => line.Wordings)];

    private void AddValues(IReadOnlyList<(int Line, string[] Values)> rows)
    {
        string[] first = rows.Count > 0 ? [.. rows[0].Values.Select(name => name.ToLowerInvariant())] : [];
        var file = Array.FindIndex(first, LabelTable.FileColumns.Contains);
        int[] captions = [.. Enumerable.Range(0, first.Length).Where(column => CaptionColumns.Contains(first[column]))];
        if (file >= 0 && captions.Length == 0)
            throw new InvalidDataException($"The first line of '{source}' names no column of captions: none of them is 'caption' or 'text'.");
        foreach (var (line, values) in rows.Skip(file < 0 ? 0 : 1))
        {
            var columns = file < 0 ? Enumerable.Range(1, values.Length - 1) : captions.Where(column => column < values.Length);
            Add(line, values[Math.Max(0, Math.Min(file, values.Length - 1))], [.. columns.Select(column => values[column]).Where(value => value.Length > 0)]);
        }
    }

    private void AddJson(string text)
    {
        foreach (var (index, line) in text.ReplaceLineEndings("\n").Split('\n').Index().Where(line => !string.IsNullOrWhiteSpace(line.Item)))
        {
            try
            {
                using var document = JsonDocument.Parse(line, new() { AllowDuplicateProperties = false });
                Add(index + 1, Text(document.RootElement, FileKey), Wordings(document.RootElement));
            }
            catch (JsonException error)
            {
                throw new InvalidDataException($"Line {index + 1} of '{source}' is not valid JSON: {error.Message}", error);
            }
        }
    }

    private static string[] Wordings(JsonElement line) =>
        line.ValueKind == JsonValueKind.Object && line.TryGetProperty(TextKey, out var text) && text.ValueKind == JsonValueKind.Array
            ? [.. text.EnumerateArray().Select(wording => wording.ValueKind == JsonValueKind.String ? wording.ToString() : "")]
            : [Text(line, TextKey)];

    private static string Text(JsonElement line, string key) =>
        line.ValueKind == JsonValueKind.Object && line.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.ToString() : "";

    private void Add(int number, string name, string[] wordings)
    {
        if (name.Length == 0 || wordings.Length == 0 || wordings.Any(string.IsNullOrWhiteSpace))
            throw new InvalidDataException($"Line {number} of '{source}' should name a file ('{FileKey}' in JSON) and its captions ('{TextKey}').");
        var line = new LabelLine(name.Replace('\\', '/'), "");
        var same = lines.TryGetValue(Path.GetFileName(line.Name), out var known) ? known : lines[Path.GetFileName(line.Name)] = [];
        same.Add((line, wordings));
    }
}
