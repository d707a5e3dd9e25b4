using System.Text.Json.Serialization;

namespace LdmMl.Cli.Generating;

/// <summary>A text to draw.</summary>
/// <param name="Text">What the image shows.</param>
/// <param name="Negative">What it should not show; null for the command's own text.</param>
/// <param name="Seed">Its own seed; null for one by the image's number.</param>
internal sealed record PlannedPrompt(string Text, string? Negative = null, long? Seed = null)
{
    /// <summary>Gets what the second of two text encoders reads; null for what the command says for all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Second { get; init; }

    /// <summary>Gets what it reads in place of <see cref="Negative"/>; null likewise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SecondNegative { get; init; }
}
