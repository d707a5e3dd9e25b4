using LdmMl.Torch.Checkpoints.Pickles;

namespace LdmMl.Torch.Checkpoints.PyTorch;

/// <summary>The word of a textual inversion as AUTOMATIC1111 stores it: a text beside the tensors, which are all that a checkpoint keeps otherwise.</summary>
internal static class EmbeddingName
{
    /// <summary>The key of the word in <see cref="StateDictionary.Metadata"/>.</summary>
    public const string Key = "name";

    private const string Vectors = "string_to_param";

    /// <summary>Gives what such a file says about itself.</summary>
    /// <param name="root">What its pickle holds.</param>
    /// <returns>Its word; null for any other file.</returns>
    public static IReadOnlyDictionary<string, string>? Of(object? root) =>
        root is PickleDictionary dictionary && dictionary.ContainsKey(Vectors) && dictionary[Key] is string name
            ? new Dictionary<string, string>(StringComparer.Ordinal) { [Key] = name }
            : null;
}
