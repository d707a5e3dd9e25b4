namespace LdmMl.Cli.Generating;

/// <summary>The texts to draw, one after the other, and the defaults for those that leave something out.</summary>
internal sealed record PlannedTexts
{
    /// <summary>Gets the texts; empty for none.</summary>
    public IReadOnlyList<PlannedPrompt> Prompts { get; init; } = [];

    /// <summary>Gets what no image should show; null for nothing in particular.</summary>
    public string? Negative { get; init; }

    /// <summary>Gets what the second of two text encoders reads; null for the prompt.</summary>
    public string? Second { get; init; }

    /// <summary>Gets what it reads in place of the negative prompt; null for that.</summary>
    public string? SecondNegative { get; init; }

    /// <summary>Gets the texts for an image by its number, with the prompts in turn; null if there are none.</summary>
    public PlannedPrompt? this[int number] => Prompts.Count == 0 ? null : Complete(Prompts[number % Prompts.Count]);

    // Where one prompt has a text of some kind, all have: an image must not depend on which others are made with it.
    private PlannedPrompt Complete(PlannedPrompt prompt)
    {
        var negative = prompt.Negative ?? Negative ?? (Prompts.Any(other => other.Negative is not null) ? "" : null);
        return prompt with
        {
            Negative = negative,
            Second = prompt.Second ?? Second ?? (Prompts.Any(other => other.Second is not null) ? prompt.Text : null),
            SecondNegative = prompt.SecondNegative ?? SecondNegative ?? (Prompts.Any(other => other.SecondNegative is not null) ? negative : null),
        };
    }
}
