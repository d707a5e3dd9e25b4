using System.Text;

namespace LdmMl.Files;

/// <summary>Text files written by people, in UTF-8, or in UTF-16 with a byte order mark.</summary>
internal static class TextFile
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It is in another encoding; the message names the first invalid line.</exception>
    public static string Read(FileInfo file)
    {
        var bytes = File.ReadAllBytes(file.FullName);
        System.Text.Encoding encoding = bytes switch
        {
            [0xFF, 0xFE, ..] => new UnicodeEncoding(bigEndian: false, byteOrderMark: true, throwOnInvalidBytes: true),
            [0xFE, 0xFF, ..] => new UnicodeEncoding(bigEndian: true, byteOrderMark: true, throwOnInvalidBytes: true),
            _ => new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true),
        };
        try
        {
            return encoding.GetString(bytes);
        }
        catch (DecoderFallbackException error)
        {
            var line = 1 + bytes.Take(Math.Max(error.Index, 0)).Count(value => value == (byte)'\n');
            throw new InvalidDataException($"Line {line} of '{file}' is not UTF-8 text; save the table as UTF-8.", error);
        }
    }
}
