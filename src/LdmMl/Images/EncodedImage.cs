using System.Buffers.Binary;

namespace LdmMl.Images;

/// <summary>Reads the bytes of an image file and recognises the format by its first bytes.</summary>
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

    /// <summary>Refuses what cannot be decoded, with a message that names the file.</summary>
    public static void CheckKind(ReadOnlySpan<byte> content, string name)
    {
        if (content.IsEmpty)
        {
            throw new ImageFileException(name, "is empty (0 bytes).");
        }

        if (!IsKnown(content))
        {
            throw new ImageFileException(name, $"is not an image of a known format; {ImageFormats.Listed} can be read.");
        }

        // The codec would ignore that data after the pixels, such as the orientation, is missing.
        if (IsWebP(content) && BinaryPrimitives.ReadUInt32LittleEndian(content[4..]) > content.Length - 8)
        {
            throw new ImageFileException(name, "is truncated: it is shorter than its header says.");
        }

        if (IsJpeg(content) && JpegMetadata.IsUnmarkedFourColor(content))
        {
            throw new ImageFileException(
                name, "is a CMYK JPEG without Adobe's marker, whose colours may be inverted or not; convert it to RGB first.");
        }
    }

    /// <summary>Determines whether the content begins like a file of a format that this class decodes.</summary>
    public static bool IsKnown(ReadOnlySpan<byte> content) =>
        IsPng(content) || IsJpeg(content) || IsWebP(content) || content.StartsWith("GIF8"u8) || content.StartsWith("BM"u8);

    public static bool IsPng(ReadOnlySpan<byte> content) => content.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);

    public static bool IsJpeg(ReadOnlySpan<byte> content) => content.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]);

    public static bool IsWebP(ReadOnlySpan<byte> content) =>
        content.Length >= 12 && content.StartsWith("RIFF"u8) && content[8..].StartsWith("WEBP"u8);

    private static void CheckLength(long length, string name)
    {
        if (length > MaximumLength)
        {
            throw new ImageFileException(name, $"has more than {MaximumLength >> 20} MiB, too long for an image.");
        }
    }
}
