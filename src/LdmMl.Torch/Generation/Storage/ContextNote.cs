namespace LdmMl.Torch.Generation.Storage;

/// <summary>What a user should know of a text encoder that is not opened.</summary>
internal static class ContextNote
{
    /// <param name="conditioning">What the model is told.</param>
    /// <param name="encoder">The class of the encoder, if the files name it.</param>
    /// <returns>One sentence for a model that looks at tokens; none for others.</returns>
    public static IReadOnlyList<string> For(Conditioning conditioning, string? encoder)
    {
        var context = conditioning.CrossAttention;
        return context is null ? []
            : [$"This library has no {encoder ?? "text encoder"}, so the model takes not texts but what the encoder makes of them: "
                + $"give it a context [{context.Tokens}, {context.Dimension}], computed beforehand."];
    }
}
