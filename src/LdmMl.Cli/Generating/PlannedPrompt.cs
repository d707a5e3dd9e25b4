namespace LdmMl.Cli.Generating;

/// <summary>A text to draw.</summary>
/// <param name="Text">What the image shows.</param>
/// <param name="Negative">What it shall not show; null for what the command says for all.</param>
/// <param name="Seed">Its own seed; null for one by the image's number.</param>
internal sealed record PlannedPrompt(string Text, string? Negative = null, long? Seed = null);
