using System.Buffers.Binary;
using SkiaSharp;

namespace LdmMl.Images;

/// <summary>The metadata in the chunks of a WebP file.</summary>
internal static class WebPMetadata
{
    private const int HeaderLength = 12, ChunkHeaderLength = 8;

    /// <summary>Reads the orientation from the EXIF chunk or the XMP chunk.</summary>
    public static SKEncodedOrigin Orientation(ReadOnlySpan<byte> webp)
    {
        ReadOnlySpan<byte> exif = [], xmp = [];
        for (var rest = webp[HeaderLength..]; rest.Length >= ChunkHeaderLength;)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            if (length > rest.Length - ChunkHeaderLength)
                break;
            var data = rest.Slice(ChunkHeaderLength, (int)length);
            if (rest.StartsWith("EXIF"u8) && exif.IsEmpty)
                exif = data;
            else if (rest.StartsWith("XMP "u8) && xmp.IsEmpty)
                xmp = data;
            var step = ChunkHeaderLength + length + (length & 1);
            rest = rest[(int)Math.Min(step, rest.Length)..];
        }

        return OrientationTag.Of(exif, xmp);
    }
}
