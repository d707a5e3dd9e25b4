using LdmMl.Images;
using Microsoft.ML.Data;
using SixLabors.ImageSharp.Formats.Tiff;
using SixLabors.ImageSharp.Metadata;
using SkiaSharp;

namespace LdmMl.ImageSharp.Tiff;

/// <summary>TIFF files: the first image, in strips.</summary>
internal static class TiffFile
{
    /// <summary>Determines whether a file begins like a TIFF, in the classic format or BigTIFF.</summary>
    public static bool IsTiff(ReadOnlySpan<byte> content) =>
        content is [(byte)'I', (byte)'I', 42 or 43, 0, ..] or [(byte)'M', (byte)'M', 0, 42 or 43, ..];

    /// <exception cref="ImageFileException">The file is damaged, not supported or too large.</exception>
    public static MLImage Read(ReadOnlySpan<byte> content, string name, long maximumPixels)
    {
        if (content[2] == 43 || content[3] == 43)
            throw new ImageFileException(name, "is a BigTIFF, which is not supported; save it as a classic TIFF.");
        if (!TiffDirectory.TryRead(content, out var directory))
            throw new ImageFileException(name, "is damaged: its directory is outside the file.");
        var layout = TiffLayout.Read(directory, content.Length, name, maximumPixels);
        TiffJpeg.Check(content, layout, name);
        var clean = new TiffWriter(content, directory.IsLittleEndian).Write(layout, directory);
        var decoder = new TiffDecoder { IgnoreMetadata = true, DecodingMode = FrameDecodingMode.First };
        var orientation = OrientationOf(directory);
        return layout.BitsPerSample[0] == 16
            ? Decoding.DecodeHighBytes(clean, decoder, orientation, name)
            : Decoding.Decode(clean, decoder, orientation, name);
    }

    private static SKEncodedOrigin OrientationOf(TiffDirectory directory) =>
        directory.Number(TiffDirectory.OrientationTag) is { } number
            ? OrientationTag.Upright(number)
            : OrientationTag.Of(exif: [], directory.Bytes(TiffDirectory.XmpTag));
}
