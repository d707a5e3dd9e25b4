using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LdmMl.Cli.Generating;

/// <summary>
/// Prompts in a file: a text with one on each line; a CSV whose first line names its columns (prompt, negative, seed); or JSON objects with these
/// keys, one on each line.
/// </summary>
internal static class PromptFile
{
    private const string Prompt = "prompt", Negative = "negative", Seed = "seed";

    private static readonly string[] Known = [Prompt, Negative, Seed];

    /// <summary>Reads a file; its extension says what it is (.csv; .jsonl, .json or .ndjson; text otherwise).</summary>
    /// <exception cref="InvalidDataException">A line is no prompt; the message names file and line.</exception>
    public static IReadOnlyList<PlannedPrompt> Read(string path)
    {
        string[] lines = [.. File.ReadLines(path)];
        var prompts = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".csv" => Csv(path, lines),
            ".jsonl" or ".json" or ".ndjson" => [.. Numbered(lines).Select(line => Json(path, line.Text, line.Number))],
            _ => Numbered(lines).Select(line => new PlannedPrompt(line.Text)).ToArray(),
        };
        return prompts.Length > 0 ? prompts : throw new InvalidDataException($"'{path}' contains no prompts; write one per line.");
    }

    private static IEnumerable<(string Text, int Number)> Numbered(string[] lines) =>
        lines.Select((line, index) => (Text: line.Trim(), Number: index + 1)).Where(line => line.Text.Length > 0);

    private static PlannedPrompt Json(string path, string line, int number)
    {
        try
        {
            using var document = JsonDocument.Parse(line, new() { AllowDuplicateProperties = false });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? Of(path, number, document.RootElement.EnumerateObject().ToDictionary(field => field.Name, field => field.Value.ToString()))
                : throw Wrong(path, number, "it is not a JSON object with a prompt");
        }
        catch (JsonException error)
        {
            throw Wrong(path, number, $"it is not JSON: {error.Message}");
        }
    }

    private static PlannedPrompt[] Csv(string path, string[] lines)
    {
        var rows = lines.Select((line, index) => (Cells: Cells(line), Number: index + 1)).Where(row => row.Cells.Any(cell => cell.Length > 0)).ToArray();
        if (rows.Length == 0)
            return [];
        string[] names = [.. rows[0].Cells.Select(name => name.Trim().ToLowerInvariant())];
        return [.. rows.Skip(1).Select(row => row.Cells.Count <= names.Length
            ? Of(path, row.Number, names.Zip(row.Cells).ToDictionary(pair => pair.First, pair => pair.Second))
            : throw Wrong(
                path, row.Number, $"it has {row.Cells.Count} cells, and the first line names {names.Length}; put a text with commas into quotes"))];
    }

    private static PlannedPrompt Of(string path, int number, Dictionary<string, string> fields)
    {
        if (fields.Keys.FirstOrDefault(name => !Known.Contains(name)) is { } unknown)
            throw Wrong(path, number, $"it has '{unknown}'; the names are {string.Join(", ", Known)}");
        if (!fields.TryGetValue(Prompt, out var text))
            throw Wrong(path, number, $"it has no '{Prompt}'");
        var negative = fields.GetValueOrDefault(Negative) is { Length: > 0 } given ? given : null;
        return new PlannedPrompt(text, negative, SeedOf(path, number, fields.GetValueOrDefault(Seed)?.Trim()));
    }

    private static long? SeedOf(string path, int number, string? given) => given switch
    {
        null or "" => null,
        _ when long.TryParse(given, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seed) => seed,
        _ => throw Wrong(path, number, $"its seed is '{given}', which is not a whole number"),
    };

    // Quotes hold commas; two of them are one.
    private static List<string> Cells(string line)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        var isQuoted = false;
        for (var index = 0; index < line.Length; index++)
        {
            switch (line[index])
            {
                case '"' when isQuoted && index + 1 < line.Length && line[index + 1] == '"':
                    cell.Append(line[++index]);
                    break;
                case '"':
                    isQuoted = !isQuoted;
                    break;
                case ',' when !isQuoted:
                    cells.Add(cell.ToString());
                    cell.Clear();
                    break;
                default:
                    cell.Append(line[index]);
                    break;
            }
        }

        cells.Add(cell.ToString());
        return cells;
    }

    private static InvalidDataException Wrong(string path, int number, string what) => new($"'{path}', line {number}: {what}.");
}
