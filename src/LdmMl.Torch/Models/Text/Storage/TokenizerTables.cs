using System.Text;
using System.Text.Json;
using LdmMl.Torch.Checkpoints.Configs;

namespace LdmMl.Torch.Models.Text.Storage;

/// <summary>Reads and checks vocabularies and lists of merges; messages name the line and the token at fault.</summary>
internal static class TokenizerTables
{
    private const int MostTokens = 1 << 22;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    /// <summary>Reads <c>vocab.json</c>: tokens and their numbers.</summary>
    public static Dictionary<string, int> Vocabulary(byte[] content) => JsonFile.Translate(() =>
    {
        using var document = JsonDocument.Parse(content, Strict);
        return Vocabulary(document.RootElement);
    });

    /// <summary>Reads a JSON object of tokens and their numbers.</summary>
    public static Dictionary<string, int> Vocabulary(JsonElement element)
    {
        ConfigMap.Require(element.ValueKind == JsonValueKind.Object, "its vocabulary is not a JSON object of tokens and their numbers.");
        var vocabulary = new Dictionary<string, int>(StringComparer.Ordinal);
        var taken = new Dictionary<int, string>();
        foreach (var entry in element.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.Number || !entry.Value.TryGetInt32(out var id) || id is < 0 or >= MostTokens)
                throw new InvalidDataException($"its token '{entry.Name}' has no number from 0 to {MostTokens - 1}.");
            ConfigMap.Require(taken.TryAdd(id, entry.Name), $"its tokens '{taken.GetValueOrDefault(id)}' and '{entry.Name}' both have the number {id}.");
            vocabulary.Add(entry.Name, id);
        }

        ConfigMap.Require(vocabulary.Count > 0, "its vocabulary is empty.");
        return vocabulary;
    }

    /// <summary>Reads <c>vocab.txt</c>: one token per line, numbered from 0.</summary>
    public static Dictionary<string, int> Words(byte[] content)
    {
        var vocabulary = new Dictionary<string, int>(StringComparer.Ordinal);
        var lines = Lines(content);
        for (var number = 0; number < lines.Length; number++)
        {
            if (!vocabulary.TryAdd(lines[number], number))
                throw new InvalidDataException($"its line {number + 1} repeats the token '{lines[number]}' of line {vocabulary[lines[number]] + 1}.");
        }

        ConfigMap.Require(vocabulary.Count > 0, "it has no tokens.");
        return vocabulary;
    }

    /// <summary>Reads <c>merges.txt</c>: a version on the first line, then one pair per line.</summary>
    public static List<string> Merges(byte[] content)
    {
        var lines = Lines(content);
        var first = lines.Length > 0 && lines[0].StartsWith("#version", StringComparison.Ordinal) ? 1 : 0;
        var merges = new List<string>(lines.Length);
        for (var number = first; number < lines.Length; number++)
        {
            ConfigMap.Require(lines[number].Split(' ') is [{ Length: > 0 }, { Length: > 0 }], $"its line {number + 1} is not a pair of tokens: '{lines[number]}'.");
            merges.Add(lines[number]);
        }

        return merges;
    }

    /// <summary>Reads the merges of a <c>tokenizer.json</c>: strings with a space or, in newer files, pairs.</summary>
    public static List<string> Merges(JsonElement element)
    {
        ConfigMap.Require(element.ValueKind == JsonValueKind.Array, "its 'model.merges' is not a list.");
        return [.. element.EnumerateArray().Select(Merge)];
    }

    /// <summary>Checks that both tokens of every pair, and the token that they merge into, are in the vocabulary.</summary>
    public static void CheckMerges(IReadOnlyDictionary<string, int> vocabulary, IEnumerable<string> merges)
    {
        foreach (var merge in merges)
        {
            var blank = merge.IndexOf(' ', StringComparison.Ordinal);
            foreach (var token in (string[])[merge[..blank], merge[(blank + 1)..], merge.Remove(blank, 1)])
                ConfigMap.Require(vocabulary.ContainsKey(token), $"its merge '{merge}' needs the token '{token}', which is not in the vocabulary.");
        }
    }

    private static string Merge(JsonElement element)
    {
        var text = element switch
        {
            { ValueKind: JsonValueKind.String } => element.GetString()!,
            { ValueKind: JsonValueKind.Array } => string.Join(' ', element.EnumerateArray().Select(part => part.ToString())),
            _ => "",
        };
        return text.Split(' ') is [{ Length: > 0 }, { Length: > 0 }] ? text : throw new InvalidDataException($"its 'model.merges' has '{text}', which is not a pair of tokens.");
    }

    private static string[] Lines(byte[] content)
    {
        try
        {
            var text = Utf8.GetString(content).TrimStart('\uFEFF').Replace("\r\n", "\n", StringComparison.Ordinal);
            return text.TrimEnd('\n') is { Length: > 0 } lines ? lines.Split('\n') : [];
        }
        catch (DecoderFallbackException error)
        {
            throw new InvalidDataException("it is not UTF-8 text.", error);
        }
    }
}
