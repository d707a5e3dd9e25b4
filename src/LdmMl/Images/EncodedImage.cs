using System.Buffers.Binary;

namespace LdmMl.Images;

/// <summary>The bytes of an image file: reading them, and telling by their first ones what they are.</summary>
internal static class EncodedImage
{
    /// <summary>The longest file that is read, in bytes: far above any sensible image, far below a machine's memory.</summary>
    private const long MaximumLength = 1L << 29;

    public static byte[] Read(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            return Read(stream, path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ImageFileException(path, "does not exist.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ImageFileException(path, $"cannot be read: {error.Message}", error);
        }
    }

    public static byte[] Read(Stream stream, string name)
    {
        if (stream.CanSeek)
        {
            var length = stream.Length - stream.Position;
            CheckLength(length, name);
            var content = new byte[length];
            stream.ReadExactly(content);
            return content;
        }

        using var memory = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int count; (count = stream.Read(buffer)) > 0;)
        {
            memory.Write(buffer, 0, count);
            CheckLength(memory.Length, name);
        }

        return memory.ToArray();
    }

    /// <summary>Refuses, by name, what is not decoded here.</summary>
    public static void CheckKind(ReadOnlySpan<byte> content, string name)
    {
        if (content.IsEmpty)
        {
            throw new ImageFileException(name, "is empty (0 bytes).");
        }

        var known = IsPng(content) || IsJpeg(content) || IsWebP(content)
            || content.StartsWith("GIF8"u8) || content.StartsWith("BM"u8);
        if (!known)
        {
            throw new ImageFileException(name, "is not an image of a known format; JPEG, PNG, WebP, GIF and BMP can be read.");
        }

        // The codec would do without what follows the pixels, such as the orientation.
        if (IsWebP(content) && BinaryPrimitives.ReadUInt32LittleEndian(content[4..]) > content.Length - 8)
        {
            throw new ImageFileException(name, "is cut off: it is shorter than its header says.");
        }

        if (IsJpeg(content) && IsUnmarkedFourColor(content))
        {
            throw new ImageFileException(
                name, "is a CMYK JPEG without Adobe's marker, whose colours may be inverted or not; convert it to RGB first.");
        }
    }

    public static bool IsPng(ReadOnlySpan<byte> content) => content.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);

    private static bool IsJpeg(ReadOnlySpan<byte> content) => content.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]);

    private static bool IsWebP(ReadOnlySpan<byte> content) =>
        content.Length >= 12 && content.StartsWith("RIFF"u8) && content[8..].StartsWith("WEBP"u8);

    // Walks the segments up to the frame header, which says how many colours there are.
    private static bool IsUnmarkedFourColor(ReadOnlySpan<byte> content)
    {
        var marked = false;
        for (var rest = content[2..]; rest.Length >= 10 && rest[0] == 0xFF;)
        {
            var kind = rest[1];
            var isFrame = kind is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);
            marked |= kind == 0xEE && rest[4..].StartsWith("Adobe"u8);
            if (isFrame || kind == 0xDA)
            {
                return isFrame && rest[9] == 4 && !marked;
            }

            // A filler byte has no length.
            var length = kind == 0xFF ? 1 : 2 + BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            rest = rest[Math.Min(length, rest.Length)..];
        }

        return false;
    }

    private static void CheckLength(long length, string name)
    {
        if (length > MaximumLength)
        {
            throw new ImageFileException(name, $"has more than {MaximumLength >> 20} MiB, too long for an image.");
        }
    }
}
