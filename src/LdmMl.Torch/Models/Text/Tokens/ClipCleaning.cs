using System.Text;
using LdmMl.Torch.Models.Text.Unicode;

namespace LdmMl.Torch.Models.Text.Tokens;

/// <summary>Cleans a text by each set of rules before it is split into pieces: lower case, words separated by one space.</summary>
internal static class ClipCleaning
{
    public static string Clean(string text, TextRules rules) => rules switch
    {
        TextRules.Diffusers => string.Join(' ', BasicText.Words(text, plain: false)),
        TextRules.DiffusersBefore428 => string.Join(' ', BasicText.Words(text, plain: true)),
        TextRules.DiffusersRepaired => LetterCase.Lower(OneBlank(TextRepair.Mend(Valid(text)))),
        TextRules.OpenAi or TextRules.OpenClip => Unescaped(TextRepair.Mend(Valid(text))),
        TextRules.OpenAiUnrepaired => Unescaped(Valid(text)),
        TextRules.Fast => LetterCase.LowerEach(OneBlank(Normalization.Compose(Valid(text)))),
        _ => throw new ArgumentOutOfRangeException(nameof(rules), rules, message: null),
    };

    private static string Unescaped(string text) =>
        LetterCase.Lower(OneBlank(HtmlEntities.Unescape(HtmlEntities.Unescape(text))));

    private static string OneBlank(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    // A lone surrogate is not a character; the reference would refuse it.
    private static string Valid(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            result.Append(rune.ToString());
        return result.ToString();
    }
}
