using LdmMl.Torch.Checkpoints.Pickles;

namespace LdmMl.Torch.Checkpoints.PyTorch;

/// <summary>The word of a textual inversion as AUTOMATIC1111 stores it: a string in addition to the tensors, of which a checkpoint usually consists.</summary>
internal static class EmbeddingName
{
    /// <summary>The key of the word in <see cref="StateDictionary.Metadata"/>.</summary>
    public const string Key = "name";

    private const string Vectors = "string_to_param";

    /// <summary>Returns the name stored in the file.</summary>
    /// <param name="root">What its pickle holds.</param>
    /// <returns>Its word; null for any other file.</returns>
    public static IReadOnlyDictionary<string, string>? Of(object? root) =>
        root is PickleDictionary dictionary && dictionary.ContainsKey(Vectors) && dictionary[Key] is string name
            ? new Dictionary<string, string>(StringComparer.Ordinal) { [Key] = name }
            : null;
}
