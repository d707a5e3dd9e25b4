using System.Text;

namespace LdmMl.Torch.Models.Text.Unicode;

/// <summary>Repairs text whose UTF-8 was decoded as Latin-1 or Windows-1252, such as <c>cafÃ©</c>.</summary>
internal static class Mojibake
{
    private static readonly Encoding Strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly Dictionary<char, byte> Windows = Enumerable.Range(0x80, 0x20)
        .ToDictionary(number => HtmlEntities.OfWindows((char)number), number => (byte)number);

    /// <summary>Decodes the text again, as often as it was decoded wrongly.</summary>
    public static string Mend(string text)
    {
        while (Once(text) is { } mended)
            text = mended;
        return text;
    }

    // A run of characters that could have been single bytes: if those bytes are valid UTF-8, they were.
    private static string? Once(string text)
    {
        var result = new StringBuilder(text.Length);
        var changed = false;
        for (var start = 0; start < text.Length;)
        {
            var end = start;
            var bytes = new List<byte>();
            while (end < text.Length && HighByte(text[end]) is { } value)
            {
                bytes.Add(value);
                end++;
            }

            var read = bytes.Count > 1 ? Read([.. bytes]) : null;
            changed |= read is not null;
            end = Math.Max(end, start + 1);
            result.Append(read ?? text[start..end]);
            start = end;
        }

        return changed ? result.ToString() : null;
    }

    private static byte? HighByte(char letter) => letter switch
    {
        _ when Windows.TryGetValue(letter, out var value) => value,
        >= '\u0080' and <= '\u00FF' => (byte)letter,
        _ => null,
    };

    private static string? Read(byte[] bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
