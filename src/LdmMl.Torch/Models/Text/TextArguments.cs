using LdmMl.Torch.Arguments;

namespace LdmMl.Torch.Models.Text;

/// <summary>Checks of text arguments.</summary>
internal static class TextArguments
{
    /// <summary>Checks texts and returns those of each row.</summary>
    /// <param name="texts">For each encoder, one text per row.</param>
    /// <exception cref="OptionException">There are none, or one is missing.</exception>
    public static IReadOnlyList<TextRow> Rows(IReadOnlyList<IReadOnlyList<string>> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var count = texts[0]?.Count ?? 0;
        Check.That(count > 0, texts[0], "give at least one text", nameof(texts));
        for (var row = 0; row < count; row++)
            Check.That(texts.All(part => part[row] is not null), value: null, "it must not be null; \"\" is the empty text", $"{nameof(texts)}[{row}]");
        return [.. Enumerable.Range(0, count).Select(row => new TextRow([.. texts.Select(part => part[row])]))];
    }
}
