using LdmMl.ImageSharp.Pnm;
using LdmMl.ImageSharp.Tga;
using LdmMl.ImageSharp.Tiff;
using Microsoft.ML.Data;

namespace LdmMl.ImageSharp;

/// <summary>
/// Lets <see cref="ImageFile"/> and <c>LoadImageFiles</c> read TIFF, TGA and PPM files (PBM, PGM and PNM too): call
/// <see cref="Register"/> once when the program starts.
/// </summary>
/// <remarks>
/// A file is checked before ImageSharp decodes it: its size against the limit, and its structure against its length. Of a TIFF, only what
/// the pixels need is passed on, so metadata and colour profiles are ignored. BigTIFF files, and TIFFs in tiles or with CCITT fax compression,
/// are refused. The pixels are the same as Pillow's; 16-bit channels are reduced to their high byte. JPEG inside TIFF may differ in the chroma.
/// </remarks>
/// <example>
/// <code>
/// LdmMl.ImageSharp.ImageSharpFileReader.Register();
/// using var scan = ImageFile.Decode("scan.tif");
/// </code>
/// </example>
public sealed class ImageSharpFileReader : IImageFileReader
{
    /// <inheritdoc/>
    public IReadOnlyList<string> FormatNames { get; } = ["TIFF", "TGA", "PPM"];

    /// <inheritdoc/>
    public IReadOnlyList<string> Extensions { get; } = [".tif", ".tiff", ".tga", ".ppm", ".pgm", ".pbm", ".pnm"];

    /// <summary>Adds the reader to <see cref="ImageFile"/>, for the whole process.</summary>
    public static void Register() => ImageFile.Register(new ImageSharpFileReader());

    /// <inheritdoc/>
    public bool CanRead(ReadOnlySpan<byte> content) => TiffFile.IsTiff(content) || PnmFile.IsPnm(content) || TgaFile.IsTga(content);

    /// <inheritdoc/>
    public MLImage Read(ReadOnlySpan<byte> content, string name, long maximumPixels)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (TiffFile.IsTiff(content))
            return TiffFile.Read(content, name, maximumPixels);
        return PnmFile.IsPnm(content) ? PnmFile.Read(content, name, maximumPixels) : TgaFile.Read(content, name, maximumPixels);
    }
}
