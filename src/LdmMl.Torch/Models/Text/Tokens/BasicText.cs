using System.Globalization;
using System.Text;
using LdmMl.Torch.Models.Text.Unicode;

namespace LdmMl.Torch.Models.Text.Tokens;

/// <summary>
/// BERT's basic cleaning (<c>BasicTokenizer</c>): removes control characters, puts spaces around ideographs and lowercases; optionally strips
/// accents and splits off punctuation.
/// </summary>
internal static class BasicText
{
    // The Unicode blocks that BERT calls Chinese characters.
    private static readonly (int First, int Last)[] Ideographs =
    [
        (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F), (0x2B820, 0x2CEAF), (0xF900, 0xFAFF),
        (0x2F800, 0x2FA1F),
    ];

    /// <summary>Cleans a text and splits it into words.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="plain">Whether to strip accents and to split off punctuation marks as words.</param>
    public static IEnumerable<string> Words(string text, bool plain)
    {
        var words = Normalization.Compose(Visible(text)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(LetterCase.Lower);
        return plain ? words.SelectMany(word => Parts(WithoutAccents(word))) : words;
    }

    private static string Visible(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is '\t' or '\n' or '\r' || Rune.GetUnicodeCategory(rune) == UnicodeCategory.SpaceSeparator)
                result.Append(' ');
            else if (IsIdeograph(rune.Value))
                result.Append(' ').Append(rune.ToString()).Append(' ');
            else if (rune != Rune.ReplacementChar && !IsControl(rune))
                result.Append(rune.ToString());
        }

        return result.ToString();
    }

    private static string WithoutAccents(string word)
    {
        var result = new StringBuilder(word.Length);
        foreach (var rune in Normalization.Decompose(word).EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark)
                result.Append(rune.ToString());
        }

        return result.ToString();
    }

    private static IEnumerable<string> Parts(string word)
    {
        var part = new StringBuilder();
        foreach (var rune in word.EnumerateRunes())
        {
            if (!IsPunctuation(rune))
            {
                part.Append(rune.ToString());
                continue;
            }

            if (part.Length > 0)
                yield return part.ToString();
            part.Clear();
            yield return rune.ToString();
        }

        if (part.Length > 0)
            yield return part.ToString();
    }

    private static bool IsIdeograph(int point) => Array.Exists(Ideographs, block => point >= block.First && point <= block.Last);

    private static bool IsControl(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned;

    // Every ASCII symbol counts as punctuation, such as $ and ^, whatever its Unicode category.
    private static bool IsPunctuation(Rune rune) => rune.IsAscii
        ? rune.Value > ' ' && rune.Value < 0x7F && !Rune.IsLetterOrDigit(rune)
        : Rune.IsPunctuation(rune);
}
