using System.Globalization;
using System.Text.Json;

namespace LdmMl.Cli.Generating;

/// <summary>
/// Prompts in a file: a text with one on each line; a CSV (RFC 4180) whose first line names its columns (prompt, negative, seed, and for SDXL prompt_2
/// and negative_2); or JSON objects with these keys, one on each line.
/// </summary>
internal static class PromptFile
{
    private const string Prompt = "prompt", Negative = "negative", Seed = "seed", Second = "prompt_2", SecondNegative = "negative_2";

    private static readonly string[] Known = [Prompt, Negative, Seed, Second, SecondNegative];

    /// <summary>Reads a file; its extension says what it is (.csv; .jsonl, .json or .ndjson; text otherwise).</summary>
    /// <exception cref="InvalidDataException">A line is no prompt; the message names file and line.</exception>
    public static IReadOnlyList<PlannedPrompt> Read(string path)
    {
        var prompts = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".csv" => Csv(path),
            ".jsonl" or ".json" or ".ndjson" => [.. Numbered(path).Select(line => Json(path, line.Text, line.Number))],
            _ => Numbered(path).Select(line => new PlannedPrompt(line.Text)).ToArray(),
        };
        return prompts.Length > 0 ? prompts : throw new InvalidDataException($"'{path}' contains no prompts; write one per line.");
    }

    private static IEnumerable<(string Text, int Number)> Numbered(string path) =>
        File.ReadLines(path).Select((line, index) => (Text: line.Trim(), Number: index + 1)).Where(line => line.Text.Length > 0);

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

    private static PlannedPrompt[] Csv(string path)
    {
        var read = new CsvReader(File.ReadAllText(path), (line, what) => Wrong(path, line, what));
        var rows = read.Rows().Where(row => row.Cells.Any(cell => cell.Length > 0)).ToArray();
        if (rows.Length == 0)
            return [];
        string[] names = [.. rows[0].Cells.Select(name => name.Trim().ToLowerInvariant())];
        return [.. rows.Skip(1).Select(row => row.Cells.Count <= names.Length
            ? Of(path, row.Line, names.Zip(row.Cells).ToDictionary(pair => pair.First, pair => pair.Second))
            : throw Wrong(
                path, row.Line, $"it has {row.Cells.Count} cells, and the first line names {names.Length}; put a text with commas into quotes"))];
    }

    private static PlannedPrompt Of(string path, int number, Dictionary<string, string> fields)
    {
        if (fields.Keys.FirstOrDefault(name => !Known.Contains(name)) is { } unknown)
            throw Wrong(path, number, $"it has '{unknown}'; the names are {string.Join(", ", Known)}");
        if (!fields.TryGetValue(Prompt, out var text))
            throw Wrong(path, number, $"it has no '{Prompt}'");
        return new PlannedPrompt(text, Given(Negative), SeedOf(path, number, fields.GetValueOrDefault(Seed)?.Trim()))
        {
            Second = Given(Second), SecondNegative = Given(SecondNegative),
        };

        string? Given(string name) => fields.GetValueOrDefault(name) is { Length: > 0 } given ? given : null;
    }

    private static long? SeedOf(string path, int number, string? given) => given switch
    {
        null or "" => null,
        _ when long.TryParse(given, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seed) => seed,
        _ => throw Wrong(path, number, $"its seed is '{given}', which is not a whole number"),
    };

    private static InvalidDataException Wrong(string path, int number, string what) => new($"'{path}', line {number}: {what}.");
}
