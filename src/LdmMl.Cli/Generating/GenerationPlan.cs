namespace LdmMl.Cli.Generating;

/// <summary>
/// Which images are made: number n has the seed S + n, the n-th of the initial images, and, once all of these had their turn, the next label;
/// each list begins again at its end.
/// </summary>
internal sealed record GenerationPlan
{
    private const int LongestSlug = 60;

    public required long Seed { get; init; }

    /// <summary>Gets the numbers and names of the labels; empty for images without one.</summary>
    public IReadOnlyList<(int Number, string Name)> Labels { get; init; } = [];

    /// <summary>Gets the texts to draw, instead of labels; empty for none.</summary>
    public IReadOnlyList<PlannedPrompt> Prompts { get; init; } = [];

    /// <summary>Gets what no image shall show, where its prompt says nothing else; null for nothing in particular.</summary>
    public string? Negative { get; init; }

    /// <summary>Gets the images to begin with, each with its mask, if any; empty for images from noise alone.</summary>
    public IReadOnlyList<InitialImage> Initials { get; init; } = [];

    /// <summary>Gets how many images there are where nobody says so: each initial image with each label.</summary>
    public int UsualCount => Math.Max(Initials.Count, 1) * Math.Max(Math.Max(Labels.Count, Prompts.Count), 1);

    // Where one prompt has a negative one, all have: an image must not depend on which others are made with it.
    private string? UsualNegative => Prompts.Any(prompt => prompt.Negative is not null) ? "" : null;

    /// <summary>Describes an image.</summary>
    public PlannedImage this[int number]
    {
        get
        {
            (int Number, string Name)? label = Labels.Count == 0 ? null : Labels[number / Math.Max(Initials.Count, 1) % Labels.Count];
            var initial = Initials.Count == 0 ? null : Initials[number % Initials.Count];
            var prompt = Prompts.Count == 0 ? null : Prompts[number / Math.Max(Initials.Count, 1) % Prompts.Count];
            string[] words = [$"{number:D6}", .. Words(label), Slug(prompt?.Text ?? ""), Slug(initial?.Name ?? "")];
            var name = string.Join('-', words.Where(word => word.Length > 0));
            return new(number, prompt?.Seed ?? Seed + number, label?.Number, label?.Name, initial?.Image, initial?.Mask, $"{name}.png")
            {
                Prompt = prompt?.Text,
                NegativePrompt = prompt?.Negative ?? (prompt is null ? null : Negative ?? UsualNegative),
            };
        }
    }

    private static string[] Words((int Number, string Name)? label) => label is not { } given
        ? []
        : [Slug(given.Name) is { Length: > 0 } slug ? slug : $"label{given.Number}"];

    // What every file system takes, and no shell has to quote; empty if nothing of the name is left, or too much.
    private static string Slug(string name)
    {
        var words = string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? char.ToLowerInvariant(letter) : '-'))
            .Split('-', StringSplitOptions.RemoveEmptyEntries);
        var slug = string.Join('-', words);
        return slug.Length <= LongestSlug ? slug : "";
    }
}
