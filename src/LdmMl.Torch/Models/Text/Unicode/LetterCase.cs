using System.Globalization;
using System.Text;

namespace LdmMl.Torch.Models.Text.Unicode;

/// <summary>Lower case as Python's <c>str.lower</c> does it: .NET's, plus the two letters of Unicode's special casing.</summary>
internal static class LetterCase
{
    private const int DottedI = 0x130;
    private const int Sigma = 0x3A3;
    private const int FinalSigma = 0x3C2;
    private const string DottedLower = "i\u0307";

    /// <summary>Lowercases a text; a sigma at the end of a word becomes the final form.</summary>
    public static string Lower(string text) => Lower(text, finalSigma: true);

    /// <summary>Lowercases each character by itself, regardless of its neighbours.</summary>
    public static string LowerEach(string text) => Lower(text, finalSigma: false);

    private static string Lower(string text, bool finalSigma)
    {
        Rune[] runes = [.. text.EnumerateRunes()];
        var result = new StringBuilder(text.Length);
        for (var index = 0; index < runes.Length; index++)
        {
            var rune = runes[index];
            if (rune.Value == DottedI)
                result.Append(DottedLower);
            else if (finalSigma && rune.Value == Sigma && EndsWord(runes, index))
                result.Append((char)FinalSigma);
            else
                result.Append(Rune.ToLowerInvariant(rune).ToString());
        }

        return result.ToString();
    }

    // A letter before it and none after it, ignoring any marks in between.
    private static bool EndsWord(Rune[] runes, int index)
    {
        var before = index - 1;
        while (before >= 0 && IsIgnored(runes[before]))
            before--;
        var after = index + 1;
        while (after < runes.Length && IsIgnored(runes[after]))
            after++;
        return before >= 0 && IsCased(runes[before]) && !(after < runes.Length && IsCased(runes[after]));
    }

    private static bool IsCased(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter;

    private static bool IsIgnored(Rune rune) => rune.Value is '\'' or '.' or ':' or 0xB7 or 0x2018 or 0x2019 or 0x2024 or 0x2027
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format
            or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol;
}
