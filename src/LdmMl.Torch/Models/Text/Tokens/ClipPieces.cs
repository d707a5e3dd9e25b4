using System.Globalization;
using System.Text;

namespace LdmMl.Torch.Models.Text.Tokens;

/// <summary>
/// Splits a cleaned text into CLIP's pieces, the input of byte-pair encoding: special tokens, English contractions, runs of letters, single
/// digits, and runs of anything else. Handles characters outside the Basic Multilingual Plane, which .NET's regular expressions do not.
/// </summary>
/// <param name="special">The texts that are always separate pieces.</param>
internal sealed class ClipPieces(IReadOnlyList<string> special)
{
    private const int LongS = 0x17F;   // equals s when case is ignored

    private static readonly string[] Contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    private enum Kind
    {
        Blank,
        Letter,
        Number,
        Other,
    }

    public IEnumerable<string> Of(string text)
    {
        for (var start = 0; start < text.Length;)
        {
            var kind = KindAt(text, start, out var width);
            var length = Fixed(text, start) ?? kind switch
            {
                Kind.Blank or Kind.Number => width,
                _ => RunLength(text, start, kind),
            };
            if (kind != Kind.Blank)
                yield return text.Substring(start, length);
            start += length;
        }
    }

    private int? Fixed(string text, int start)
    {
        foreach (var token in special)
        {
            if (string.CompareOrdinal(text, start, token, 0, token.Length) == 0)
                return token.Length;
        }

        foreach (var contraction in Contractions)
        {
            if (string.CompareOrdinal(text, start, contraction, 0, contraction.Length) == 0)
                return contraction.Length;
        }

        return text[start] == '\'' && start + 1 < text.Length && text[start + 1] == LongS ? 2 : null;
    }

    private static int RunLength(string text, int start, Kind kind)
    {
        var end = start;
        while (end < text.Length && KindAt(text, end, out var width) == kind)
            end += width;
        return end - start;
    }

    private static Kind KindAt(string text, int index, out int width)
    {
        var rune = Rune.GetRuneAt(text, index);
        width = rune.Utf16SequenceLength;
        if (Rune.IsWhiteSpace(rune))
            return Kind.Blank;
        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => Kind.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
            _ => Kind.Other,
        };
    }
}
