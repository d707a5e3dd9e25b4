using System.Text.Json.Nodes;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>What was done to a model's weights, which nobody sees in them: for <c>_ldmml</c> in <c>model_index.json</c>.</summary>
/// <param name="Loras">The LoRA files whose changes are in the weights, with their names alone: where they lay is nobody's business.</param>
/// <param name="Words">The words that the text encoder learned.</param>
internal sealed record ModelHistory(IReadOnlyList<WeightedLora> Loras, IReadOnlyList<string> Words)
{
    private const string LorasKey = "merged_loras", WordsKey = "learned_words";
    private const string FileKey = "file", WeightKey = "weight", LayersKey = "layers", UnusedKey = "unused_keys";

    /// <summary>Gets that of weights as they were trained.</summary>
    public static ModelHistory Empty { get; } = new([], []);

    /// <summary>Adds it to the description of a model.</summary>
    public void Write(JsonObject extras)
    {
        if (Loras.Count > 0)
            extras[LorasKey] = new JsonArray([.. Loras.Select(Write)]);
        if (Words.Count > 0)
            extras[WordsKey] = List(Words);
    }

    /// <summary>Reads what <see cref="Write(JsonObject)"/> added; nothing in folders of others.</summary>
    /// <exception cref="InvalidDataException">It has another form.</exception>
    public static ModelHistory Read(JsonObject? extras)
    {
        try
        {
            return new([.. Items(extras, LorasKey).Select(Read)], Texts(extras, WordsKey));
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"its '_ldmml.{LorasKey}' or '_ldmml.{WordsKey}' is damaged; it is a note, and the model opens without it.", error);
        }
    }

    private static JsonNode Write(WeightedLora merged) => new JsonObject
    {
        [FileKey] = Path.GetFileName(merged.Path), [WeightKey] = merged.Weight, [LayersKey] = merged.Layers, [UnusedKey] = List(merged.UnusedKeys),
    };

    private static WeightedLora Read(JsonNode? item) => new(Needed(item, FileKey).GetValue<string>(), Needed(item, WeightKey).GetValue<double>())
    {
        Layers = Needed(item, LayersKey).GetValue<int>(), UnusedKeys = Texts(item!.AsObject(), UnusedKey),
    };

    private static JsonNode Needed(JsonNode? item, string key) => item?.AsObject()[key] ?? throw new FormatException(key);

    private static JsonArray List(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];

    private static string[] Texts(JsonObject? json, string key) => [.. Items(json, key).Select(item => item?.GetValue<string>() ?? throw new FormatException(key))];

    private static JsonArray Items(JsonObject? json, string key) => json?[key]?.AsArray() ?? [];
}
