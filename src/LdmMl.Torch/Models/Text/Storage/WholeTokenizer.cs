using System.Text.Json;
using LdmMl.Torch.Checkpoints.Configs;

namespace LdmMl.Torch.Models.Text.Storage;

/// <summary>What this library needs from a <c>tokenizer.json</c> of Hugging Face's Rust library.</summary>
/// <param name="Kind">The kind of its model: <c>BPE</c> or <c>WordPiece</c>.</param>
/// <param name="Vocabulary">Every token and its number.</param>
/// <param name="Merges">The pairs to join; none for WordPiece.</param>
/// <param name="Added">Tokens outside the vocabulary.</param>
internal sealed record WholeTokenizer(string Kind, Dictionary<string, int> Vocabulary, List<string> Merges, IReadOnlyDictionary<string, int> Added)
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    /// <summary>Reads the file.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or of another kind of tokenizer.</exception>
    public static WholeTokenizer Read(byte[] content) => JsonFile.Translate(() =>
    {
        using var document = JsonDocument.Parse(content, Strict);
        var root = document.RootElement;
        ConfigMap.Require(
            root.ValueKind == JsonValueKind.Object && root.TryGetProperty("model", out var model) && model.ValueKind == JsonValueKind.Object,
            "it has no 'model'.");
        model = root.GetProperty("model");
        var kind = model.TryGetProperty("type", out var type) ? type.ToString() : model.TryGetProperty("merges", out _) ? "BPE" : "";
        ConfigMap.Require(kind is "BPE" or "WordPiece", $"its 'model.type' is '{kind}'; supported are BPE and WordPiece.");
        ConfigMap.Require(model.TryGetProperty("vocab", out var vocabulary), "its 'model' has no 'vocab'.");
        if (kind == "WordPiece")
            return new WholeTokenizer(kind, TokenizerTables.Vocabulary(vocabulary), [], AddedOf(root));
        ConfigMap.Require(model.TryGetProperty("merges", out var merges), "its 'model' has no 'merges'.");
        var suffix = model.TryGetProperty("end_of_word_suffix", out var end) ? end.ToString() : "";
        ConfigMap.Require(suffix == "</w>", $"its 'model.end_of_word_suffix' is '{suffix}'; supported is '</w>', CLIP's.");
        return new WholeTokenizer(kind, TokenizerTables.Vocabulary(vocabulary), TokenizerTables.Merges(merges), AddedOf(root));
    });

    private static Dictionary<string, int> AddedOf(JsonElement root)
    {
        var added = new Dictionary<string, int>(StringComparer.Ordinal);
        if (!root.TryGetProperty("added_tokens", out var list) || list.ValueKind != JsonValueKind.Array)
            return added;
        foreach (var token in list.EnumerateArray())
        {
            var isNamed = token.ValueKind == JsonValueKind.Object && token.TryGetProperty("content", out _) && token.TryGetProperty("id", out _);
            ConfigMap.Require(isNamed && token.GetProperty("id").TryGetInt32(out _), "its 'added_tokens' has an entry without 'content' or 'id'.");
            added[token.GetProperty("content").ToString()] = token.GetProperty("id").GetInt32();
        }

        return added;
    }
}
