using System.Buffers.Binary;
using LdmMl.ImageSharp;

namespace LdmMl.Fuzz;

/// <summary>
/// Small images in every format: decoded by Skia (PNG, JPEG, BMP, GIF, WebP) and by ImageSharp (TIFF, TGA, PPM), some of them oriented.
/// </summary>
internal static class ImageSamples
{
    private const int LargestSample = 2 << 10;    // bytes
    private const long MaximumPixels = 1 << 14;   // small, so that excessive memory is noticed

    private static readonly string[] Folders =
    [
        Path.Combine("tests", "LdmMl.Tests", "Goldens", "images"),
        Path.Combine("tests", "LdmMl.ImageSharp.Tests", "Goldens"),
    ];

    /// <summary>Gets the readers.</summary>
    public static IEnumerable<FuzzTarget> Targets =>
    [
        Of("png") with { Repair = RepairPng },
        Of("jpeg", ".jpg"),
        Of("bmp"),
        Of("gif"),
        Of("webp"),
        Of("tiff", ".tif"),
        Of("tga"),
        Of("ppm", ".ppm", ".pgm", ".pbm"),
    ];

    private static FuzzTarget Of(string name, params string[] extensions)
    {
        var endings = extensions.Length > 0 ? extensions : new[] { "." + name };
        var samples = Folders.SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            .Where(path => endings.Contains(Path.GetExtension(path)) && new FileInfo(path).Length is > 0 and <= LargestSample)
            .Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToArray();

        // Pixels of 4 bytes, as stored and upright; ImageSharp's have 8 bytes for 16-bit channels.
        return new FuzzTarget("image " + name, samples, Decode, error => error is ImageFileException) { DecodedBytes = MaximumPixels * 16 };
    }

    private static void Decode(byte[] file)
    {
        ImageSharpFileReader.Register();
        ImageFile.Decode(file, "changed", MaximumPixels).Dispose();
    }

    // A decoder stops at a wrong checksum.
    private static byte[] RepairPng(byte[] file)
    {
        var at = 8;
        while (at + 12 <= file.Length)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
            if (length > file.Length - at - 12)
                break;
            var checkedBytes = file.AsSpan(at + 4, 4 + (int)length);
            BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(at + 8 + (int)length), Crc32(checkedBytes));
            at += 12 + (int)length;
        }

        return file;
    }

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
        }

        return ~crc;
    }
}
