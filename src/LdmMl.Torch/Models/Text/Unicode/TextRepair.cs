using System.Text;
using System.Text.RegularExpressions;

namespace LdmMl.Torch.Models.Text.Unicode;

/// <summary>
/// Repairs text as ftfy's <c>fix_text</c> does with its defaults, as OpenAI's CLIP does to every text: HTML references, wrongly decoded
/// text, ligatures, widths, quotation marks, line breaks, control characters, and composition.
/// </summary>
/// <remarks>
/// Of wrongly decoded text it repairs only UTF-8 that was decoded as Latin-1 or Windows-1252, by far the most common case; ftfy handles eight
/// further encodings.
/// </remarks>
internal static partial class TextRepair
{
    // The ligatures that ftfy takes apart; those of other scripts, and ae and oe, are kept.
    private static readonly Dictionary<char, string> Ligatures = new()
    {
        ['\u0132'] = "IJ", ['\u0133'] = "ij", ['\u0149'] = "\u02BCn",
        ['\u01F1'] = "DZ", ['\u01F2'] = "Dz", ['\u01F3'] = "dz",
        ['\u01C4'] = "D\u017D", ['\u01C5'] = "D\u017E", ['\u01C6'] = "d\u017E",
        ['\u01C7'] = "LJ", ['\u01C8'] = "Lj", ['\u01C9'] = "lj",
        ['\u01CA'] = "NJ", ['\u01CB'] = "Nj", ['\u01CC'] = "nj",
        ['\uFB00'] = "ff", ['\uFB01'] = "fi", ['\uFB02'] = "fl", ['\uFB03'] = "ffi", ['\uFB04'] = "ffl", ['\uFB05'] = "\u017Ft", ['\uFB06'] = "st",
    };

    /// <summary>Repairs a text, line by line.</summary>
    public static string Mend(string text)
    {
        var result = new StringBuilder(text.Length);
        var unescapes = true;
        foreach (var line in Lines(text))
        {
            unescapes &= !line.Contains('<', StringComparison.Ordinal);   // from there on the text is taken to be HTML
            result.Append(MendLine(line, unescapes));
        }

        return result.ToString();
    }

    private static IEnumerable<string> Lines(string text)
    {
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start) + 1;
            end = end == 0 ? text.Length : end;
            yield return text[start..end];
            start = end;
        }
    }

    private static string MendLine(string line, bool unescapes)
    {
        for (var text = line; ; line = text)
        {
            text = Mojibake.Mend(unescapes ? HtmlEntities.UnescapeWhole(text) : text);
            text = Characters(text);
            text = Normalization.UsualWidth(text);
            text = SingleQuotes().Replace(DoubleQuotes().Replace(text, "\""), "'");
            text = text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n')
                .Replace('\u2028', '\n').Replace('\u2029', '\n').Replace('\u0085', '\n');
            text = Controls().Replace(TerminalColors().Replace(text, ""), "");
            text = Normalization.Compose(text);
            if (text == line)
                return text;
        }
    }

    private static string Characters(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            if (letter is >= '\u0080' and <= '\u009F')
                result.Append(HtmlEntities.OfWindows(letter));
            else
                result.Append(Ligatures.TryGetValue(letter, out var parts) ? parts : letter.ToString());
        }

        return result.ToString();
    }

    [GeneratedRegex("[\u02BC\u2018-\u201B]", RegexOptions.NonBacktracking)]
    private static partial Regex SingleQuotes();

    [GeneratedRegex("[\u201C-\u201F]", RegexOptions.NonBacktracking)]
    private static partial Regex DoubleQuotes();

    [GeneratedRegex("\u001B\\[[0-9;]*[a-zA-Z]", RegexOptions.NonBacktracking)]
    private static partial Regex TerminalColors();

    [GeneratedRegex("[\u0000-\u0008\u000B\u000E-\u001F\u007F\u206A-\u206F\uFEFF\uFFF9-\uFFFC]", RegexOptions.NonBacktracking)]
    private static partial Regex Controls();
}
