using LdmMl.Torch.Models.Text;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>A note for the user about a text encoder that is not opened.</summary>
internal static class ContextNote
{
    /// <param name="conditioning">The model's conditioning.</param>
    /// <param name="text">The encoder, if it is open.</param>
    /// <param name="encoder">The class of the encoder, if the files name it.</param>
    /// <returns>One sentence for a model that looks at tokens and cannot make them; none for others.</returns>
    public static IReadOnlyList<string> For(Conditioning conditioning, ITextEncoder? text, string? encoder)
    {
        var context = conditioning.CrossAttention;
        return context is null || text is not null ? []
            : [$"No {encoder ?? "text encoder"} was opened, so the model takes not texts but what an encoder makes of them: "
                + $"give it a context [{context.Tokens}, {context.Dimension}], computed beforehand. A single file needs its tokenizer's files "
                + "(vocab.json and merges.txt, or vocab.txt) in the folder 'tokenizer' beside it."];
    }
}
