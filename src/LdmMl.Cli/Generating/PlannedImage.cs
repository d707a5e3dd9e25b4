namespace LdmMl.Cli.Generating;

/// <summary>One image to generate. It depends only on its number, so every machine generates the same.</summary>
/// <param name="Number">Its number, from 0.</param>
/// <param name="Seed">What its noise comes from.</param>
/// <param name="Label">The number of its label; null for none.</param>
/// <param name="LabelName">The name of its label; null for none.</param>
/// <param name="Initial">The image that it begins with; null for none.</param>
/// <param name="Mask">Which part of that image is painted; null for all.</param>
/// <param name="FileName">The name of its file.</param>
internal sealed record PlannedImage(int Number, long Seed, int? Label, string? LabelName, string? Initial, string? Mask, string FileName)
{
    /// <summary>Gets the text that it shows; null for none.</summary>
    public string? Prompt { get; init; }

    /// <summary>Gets what it shall not show; null for nothing in particular.</summary>
    public string? NegativePrompt { get; init; }
}
