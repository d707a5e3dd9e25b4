namespace EmojiFromText;

/// <summary>What is asked for.</summary>
/// <param name="Text">The words.</param>
/// <param name="Subcategories">Those of the emoji that fit.</param>
internal sealed record Prompt(string Text, IReadOnlyList<string> Subcategories)
{
    private const int Count = 500;

    /// <summary>Reads the prompts that are no captions of the training.</summary>
    /// <param name="file">A prompt on each line, and after a tab the subcategories that fit, separated by '|'; lines with '#' are remarks.</param>
    public static IReadOnlyList<Prompt> Unseen(string file) =>
        [.. File.ReadLines(file).Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('\t')).Select(line => new Prompt(line[0], line[1].Split('|')))];

    /// <summary>Takes the names of emoji that were learned, spread over the table, as many as make 500 with others.</summary>
    public static IReadOnlyList<Prompt> Names(IReadOnlyList<Emoji> learned, int others)
    {
        var count = Count - others;
        return [.. Enumerable.Range(0, count).Select(index => learned[index * learned.Count / count]).Select(emoji => new Prompt(emoji.Name, [emoji.Subcategory]))];
    }

    /// <summary>Checks that none of the prompts is a caption of the training.</summary>
    public static void RequireUnseen(IReadOnlyList<Prompt> prompts, IEnumerable<string> captions)
    {
        var known = captions.Select(caption => caption.ToLowerInvariant()).ToHashSet(StringComparer.Ordinal);
        if (prompts.FirstOrDefault(prompt => known.Contains(prompt.Text.ToLowerInvariant())) is { } seen)
            throw new InvalidDataException($"'{seen.Text}' is a caption of the training; take it out of {ExampleFiles.UnseenPrompts}.");
    }
}
