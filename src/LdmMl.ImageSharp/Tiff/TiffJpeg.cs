using System.Buffers.Binary;
using LdmMl.Images;

namespace LdmMl.ImageSharp.Tiff;

/// <summary>
/// JPEG inside TIFF: every strip is a separate JPEG, whose header repeats its size. The decoder allocates memory for that size, so it must
/// agree with the TIFF.
/// </summary>
internal static class TiffJpeg
{
    private const int Compression = 7;

    /// <exception cref="ImageFileException">A strip is larger than the TIFF says, or is not a JPEG.</exception>
    public static void Check(ReadOnlySpan<byte> content, TiffLayout layout, string name)
    {
        if (layout.Compression != Compression)
            return;
        for (var strip = 0; strip < layout.StripOffsets.Length; strip++)
        {
            var jpeg = content.Slice((int)layout.StripOffsets[strip], (int)layout.StripByteCounts[strip]);
            if (!EncodedImage.IsJpeg(jpeg))
                throw new ImageFileException(name, "is damaged: a strip of its pixels is not a JPEG.");
            CheckFrames(jpeg, layout, name);
        }
    }

    private static void CheckFrames(ReadOnlySpan<byte> jpeg, TiffLayout layout, string name)
    {
        for (var at = 0; at >= 0; at = NextSegments(jpeg, at))
        {
            for (var segments = new JpegSegments(jpeg[at..]); segments.Next();)
            {
                if (!segments.IsFrame)
                    continue;
                var (width, height) = segments.Payload.Length < 6 ? (0, 0) : (UInt16(segments.Payload[3..]), UInt16(segments.Payload[1..]));
                if (width != layout.Width || height < 1 || height > layout.RowsPerStrip)
                {
                    throw new ImageFileException(
                        name, $"is damaged: a strip of {layout.Width}x{layout.RowsPerStrip} pixels contains a JPEG of {width}x{height}.");
                }
            }
        }
    }

    // Headers may also follow the pixels of a scan. The only markers within entropy-coded data are restart markers (0xFF 0xD0 to 0xD7).
    private static int NextSegments(ReadOnlySpan<byte> jpeg, int at)
    {
        var scan = jpeg[(at + 2)..].IndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]);
        if (scan < 0)
            return -1;
        for (var next = at + 2 + scan + 2; next < jpeg.Length - 1; next++)
        {
            if (jpeg[next] == 0xFF && jpeg[next + 1] is not (0 or 0xFF or (>= 0xD0 and <= 0xD7)))
                return next - 2;       // JpegSegments skips two bytes: at the beginning of a file, these are a marker too
        }

        return -1;
    }

    private static int UInt16(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16BigEndian(bytes);
}
