using SkiaSharp;

namespace LdmMl.Images;

/// <summary>Reads the orientation from metadata, in the order of Pillow's <c>exif_transpose</c>: EXIF, then XMP.</summary>
internal static class OrientationTag
{
    /// <summary>Finds the orientation in an EXIF block, or otherwise in an XMP packet; either may be empty.</summary>
    public static SKEncodedOrigin Of(ReadOnlySpan<byte> exif, ReadOnlySpan<byte> xmp)
    {
        while (exif.StartsWith("Exif\0\0"u8))
            exif = exif[6..];
        var number = TiffDirectory.TryRead(exif, out var directory) ? directory.Number(TiffDirectory.OrientationTag) : null;
        return Upright(number ?? OfXmp(xmp));
    }

    /// <summary>Gets the orientation with a number; anything but 1 to 8 means upright.</summary>
    public static SKEncodedOrigin Upright(long? number) => number is >= 1 and <= 8 ? (SKEncodedOrigin)number : SKEncodedOrigin.TopLeft;

    // tiff:Orientation is an attribute or an element of one digit.
    private static long? OfXmp(ReadOnlySpan<byte> xmp)
    {
        var name = "tiff:Orientation"u8;
        for (int at; (at = xmp.IndexOf(name)) >= 0;)
        {
            xmp = xmp[(at + name.Length)..];
            var value = xmp.StartsWith("=\""u8) ? xmp[2..] : xmp.StartsWith(">"u8) ? xmp[1..] : default;
            if (!value.IsEmpty && char.IsAsciiDigit((char)value[0]))
                return value[0] - '0';
        }

        return null;
    }
}
