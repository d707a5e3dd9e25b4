using System.Buffers.Binary;
using System.IO.Compression;
using SkiaSharp;

namespace LdmMl.Images;

/// <summary>The metadata in the chunks of a PNG file, before and after the pixels.</summary>
internal static class PngMetadata
{
    private const int ChunkOverhead = 12;

    // Pillow's limit for unpacked text.
    private const int LongestText = 1 << 20;

    private static ReadOnlySpan<byte> XmpKeyword => "XML:com.adobe.xmp"u8;

    private static ReadOnlySpan<byte> RawExifKeyword => "exif"u8;

    private static ReadOnlySpan<byte> ExifKeyword => "Raw profile type exif"u8;

    /// <summary>Reads the orientation from an eXIf chunk, from an EXIF block written as text (as ImageMagick does), or from XMP.</summary>
    public static SKEncodedOrigin Orientation(ReadOnlySpan<byte> png)
    {
        // If a chunk is repeated the last one counts, and only that one is unpacked.
        ReadOnlySpan<byte> exif = [], exifText = [], exifKind = [], xmpText = [], xmpKind = [];
        var hasExif = false;
        for (var rest = png[8..]; rest.Length >= ChunkOverhead;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (length > rest.Length - ChunkOverhead)
                break;
            var kind = rest[4..8];
            var data = rest.Slice(8, (int)length);
            if (kind.SequenceEqual("eXIf"u8))
            {
                hasExif = true;
                exif = data;
            }
            else if (kind.SequenceEqual("tEXt"u8) && HasKeyword(data, RawExifKeyword))
            {
                hasExif = true;
                exif = data[(RawExifKeyword.Length + 1)..];
            }
            else if (HasKeyword(data, ExifKeyword))
            {
                exifKind = kind;
                exifText = data[(ExifKeyword.Length + 1)..];
            }
            else if (HasKeyword(data, XmpKeyword))
            {
                xmpKind = kind;
                xmpText = data[(XmpKeyword.Length + 1)..];
            }
            rest = rest[((int)length + ChunkOverhead)..];
        }

        if (!hasExif)
            exif = FromHexadecimal(TextOf(exifKind, exifText));
        return OrientationTag.Of(exif, TextOf(xmpKind, xmpText));
    }

    private static bool HasKeyword(ReadOnlySpan<byte> data, ReadOnlySpan<byte> keyword) =>
        data.StartsWith(keyword) && data.Length > keyword.Length && data[keyword.Length] == 0;

    // The text of a tEXt, zTXt or iTXt chunk after its keyword; null for any other chunk.
    private static byte[]? TextOf(ReadOnlySpan<byte> kind, ReadOnlySpan<byte> data)
    {
        if (kind.SequenceEqual("tEXt"u8))
            return data.ToArray();
        if (kind.SequenceEqual("zTXt"u8))
            return data is [0, .. var packed] ? Inflate(packed) : null;
        if (!kind.SequenceEqual("iTXt"u8) || data is not [var isCompressed, var method, .. var named])
            return null;
        var language = named.IndexOf((byte)0);
        var translation = language < 0 ? -1 : named[(language + 1)..].IndexOf((byte)0);
        if (translation < 0)
            return null;
        var text = named[(language + translation + 2)..];
        return isCompressed == 0 ? text.ToArray() : method == 0 ? Inflate(text) : null;
    }

    private static byte[]? Inflate(ReadOnlySpan<byte> packed)
    {
        try
        {
            using var zlib = new ZLibStream(new MemoryStream(packed.ToArray()), CompressionMode.Decompress);
            var text = new byte[LongestText + 1];
            var length = zlib.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
            return length <= LongestText ? text[..length] : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    // An empty line, the name and the length, each on a line; then lines of hexadecimal digits.
    private static byte[]? FromHexadecimal(ReadOnlySpan<byte> profile)
    {
        for (var line = 0; line < 3; line++)
        {
            var end = profile.IndexOf((byte)'\n');
            if (end < 0)
                return null;
            profile = profile[(end + 1)..];
        }

        var digits = string.Concat(System.Text.Encoding.Latin1.GetString(profile).Where(letter => !char.IsWhiteSpace(letter)));
        var bytes = new byte[digits.Length / 2];
        return Convert.FromHexString(digits, bytes, out _, out _) == System.Buffers.OperationStatus.Done ? bytes : null;
    }
}
