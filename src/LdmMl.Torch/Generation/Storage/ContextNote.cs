namespace LdmMl.Torch.Generation.Storage;

/// <summary>A note for the user about a text encoder that is not opened.</summary>
internal static class ContextNote
{
    /// <param name="conditioning">The model's conditioning.</param>
    /// <param name="encoder">The class of the encoder, if the files name it.</param>
    /// <returns>One sentence for a model with cross-attention; none for others.</returns>
    public static IReadOnlyList<string> For(Conditioning conditioning, string? encoder)
    {
        var context = conditioning.CrossAttention;
        return context is null ? []
            : [$"This library has no {encoder ?? "text encoder"}, so the model takes the encoder's output instead of text: "
                + $"give it a context [{context.Tokens}, {context.Dimension}], computed beforehand."];
    }
}
