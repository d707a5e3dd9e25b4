using SkiaSharp;

namespace LdmMl.Images;

/// <summary>The metadata in the segments of a JPEG file.</summary>
internal static class JpegMetadata
{
    private const byte App1 = 0xE1, App14 = 0xEE;

    /// <summary>Reads the orientation. An EXIF block may be spread over several segments.</summary>
    public static SKEncodedOrigin Orientation(ReadOnlySpan<byte> jpeg)
    {
        using var exif = new MemoryStream();
        ReadOnlySpan<byte> xmp = [];
        for (var segments = new JpegSegments(jpeg); segments.Next();)
        {
            if (segments.Kind != App1)
                continue;
            if (segments.Payload.StartsWith("Exif\0\0"u8))
                exif.Write(segments.Payload[6..]);
            else if (segments.Payload.StartsWith("http://ns.adobe.com/xap/1.0/\0"u8))
                xmp = segments.Payload[29..];
        }

        return OrientationTag.Of(exif.GetBuffer().AsSpan(0, (int)exif.Length), xmp);
    }

    /// <summary>Determines whether the image has four colours but no Adobe marker, so that it is unknown whether they are inverted.</summary>
    public static bool IsUnmarkedFourColor(ReadOnlySpan<byte> jpeg)
    {
        var isMarked = false;
        for (var segments = new JpegSegments(jpeg); segments.Next();)
        {
            isMarked |= segments.Kind == App14 && segments.Payload.StartsWith("Adobe"u8);
            if (segments.IsFrame)
                return segments.Payload is [_, _, _, _, _, 4, ..] && !isMarked;
        }

        return false;
    }
}
