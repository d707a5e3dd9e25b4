using LdmMl.Torch.Models.Text;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>A note for the user about a text encoder that is not opened.</summary>
internal static class ContextNote
{
    /// <param name="conditioning">The model's conditioning.</param>
    /// <param name="text">The encoder, if it is open.</param>
    /// <param name="encoder">The class of the encoder, if the files name it.</param>
    /// <returns>One sentence for a model that takes tokens but has no encoder for prompts; none for others.</returns>
    public static IReadOnlyList<string> For(Conditioning conditioning, ITextEncoder? text, string? encoder)
    {
        var context = conditioning.CrossAttention;
        return context is null || text is not null ? []
            : [$"No {encoder ?? "text encoder"} was opened, so the model takes only encoded prompts: "
                + $"give it a context [{context.Tokens}, {context.Dimension}], computed beforehand. A single-file model needs its tokenizer's files "
                + "(vocab.json and merges.txt, or vocab.txt) in the folder 'tokenizer' next to it."];
    }
}
