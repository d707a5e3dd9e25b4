using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace LdmMl.Torch.Models.Text.Unicode;

/// <summary>Replaces HTML character references, such as <c>&amp;eacute;</c>, by the characters that they name.</summary>
internal static partial class HtmlEntities
{
    private const char Replacement = '\uFFFD';

    // What Windows-1252 has at the code points of control characters; browsers show these instead.
    private const string Windows = "\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u008D\u017D\u008F"
        + "\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u009D\u017E\u0178";

    private static readonly Dictionary<string, string> Names = Read();

    /// <summary>As HTML defines it: old names need no semicolon, and the longest known prefix of a name counts.</summary>
    public static string Unescape(string text) =>
        text.Contains('&') ? Any().Replace(text, match => Resolve(match.Groups["name"].Value)) : text;

    /// <summary>As ftfy does it: only whole names with a semicolon, and names in capitals give capitals.</summary>
    public static string UnescapeWhole(string text) =>
        text.Contains('&') ? Whole().Replace(text, match => ResolveWhole(match.Value)) : text;

    /// <summary>Returns the character that Windows-1252 has in place of a control character U+0080 to U+009F.</summary>
    public static char OfWindows(char control) => Windows[control - 0x80];

    private static string ResolveWhole(string reference)
    {
        var name = reference[1..];
        if (name[0] == '#')
            return Resolve(name) is var number && !number.Contains(';') ? number : reference;
        if (Names.TryGetValue(name, out var text))
            return text;
        var isCapital = !name.Any(char.IsAsciiLetterLower);
        return isCapital && Names.TryGetValue(name.ToLowerInvariant(), out text) && Resolve(name) == reference ? Capitals(text) : reference;
    }

    private static string Capitals(string text) => text == "\u00DF" ? "SS" : text.ToUpperInvariant();

    private static string Resolve(string name)
    {
        if (name[0] == '#')
            return OfNumber(name);
        if (Names.TryGetValue(name, out var text))
            return text;
        for (var length = name.Length - 1; length > 1; length--)
        {
            if (Names.TryGetValue(name[..length], out text))
                return text + name[length..];
        }

        return "&" + name;
    }

    private static string OfNumber(string name)
    {
        var digits = name.AsSpan(1).TrimEnd(';');
        var isHexadecimal = digits[0] is 'x' or 'X';
        var style = isHexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.None;
        if (!uint.TryParse(isHexadecimal ? digits[1..] : digits, style, CultureInfo.InvariantCulture, out var point))
            return Replacement.ToString();
        return point switch
        {
            0 => Replacement.ToString(),
            0x0D => "\r",
            >= 0x80 and <= 0x9F => OfWindows((char)point).ToString(),
            _ when !Rune.IsValid(point) => Replacement.ToString(),
            (< 0x20 and not (0x09 or 0x0A or 0x0C)) or 0x7F or >= 0xFDD0 and <= 0xFDEF => "",
            _ when (point & 0xFFFE) == 0xFFFE => "",
            _ => new Rune(point).ToString(),
        };
    }

    private static Dictionary<string, string> Read()
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in DataLines.Of("Entities.txt"))
        {
            var blank = line.IndexOf(' ', StringComparison.Ordinal);
            var (name, text) = (line[..blank], DataLines.Text(line.AsSpan(blank + 1)));
            names[name] = text;
            if (name[^1] != ';')
                names[name + ";"] = text;
        }

        return names;
    }

    [GeneratedRegex("&(?<name>#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\\t\\n\\f <&#;]{1,32};?)", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Any();

    [GeneratedRegex("&#?[0-9A-Za-z]{1,24};", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Whole();
}
