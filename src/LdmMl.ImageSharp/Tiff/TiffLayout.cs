using LdmMl.Images;

namespace LdmMl.ImageSharp.Tiff;

/// <summary>How the pixels of a TIFF are stored; every number is checked against the others and against the length of the file.</summary>
internal sealed record TiffLayout
{
    private const int LargestSamples = 4, PaletteColor = 3, YCbCr = 6;

    public required long Width { get; init; }

    public required long Height { get; init; }

    /// <summary>Gets the number of bits per sample, equal for all.</summary>
    public required long[] BitsPerSample { get; init; }

    public required long Compression { get; init; }

    public required long Photometric { get; init; }

    public required long RowsPerStrip { get; init; }

    public required bool IsPlanar { get; init; }

    public required long[] StripOffsets { get; init; }

    public required long[] StripByteCounts { get; init; }

    /// <exception cref="ImageFileException">The file is damaged, not supported or too large.</exception>
    public static TiffLayout Read(TiffDirectory directory, int length, string name, long maximumPixels)
    {
        var (width, height) = (directory.Number(TiffTags.Width) ?? 0, directory.Number(TiffTags.Height) ?? 0);
        Decoding.CheckSize(width, height, name, maximumPixels);
        var samples = directory.Number(TiffTags.SamplesPerPixel) ?? 1;
        var bits = directory.Numbers(TiffTags.BitsPerSample);
        var layout = new TiffLayout
        {
            Width = width,
            Height = height,
            BitsPerSample = bits.Length > 0 ? bits : [1],
            Compression = directory.Number(TiffTags.Compression) ?? 1,
            Photometric = directory.Number(TiffTags.Photometric) ?? 0,
            RowsPerStrip = Math.Clamp(directory.Number(TiffTags.RowsPerStrip) ?? height, 1, height),
            IsPlanar = directory.Number(TiffTags.PlanarConfiguration) == 2,
            StripOffsets = directory.Numbers(TiffTags.StripOffsets),
            StripByteCounts = directory.Numbers(TiffTags.StripByteCounts),
        };
        if (directory.Bytes(TiffTags.TileWidth).Length > 0)
            throw new ImageFileException(name, "is a TIFF in tiles, which is not supported; save it in strips.");
        layout.CheckSamples(samples, directory, name);
        layout.CheckCompression(name);
        layout.CheckStrips(length, name);
        return layout;
    }

    private void CheckSamples(long samples, TiffDirectory directory, string name)
    {
        var bits = BitsPerSample[0];
        if (samples is < 1 or > LargestSamples || BitsPerSample.Length != samples || BitsPerSample.Any(other => other != bits)
            || bits is not (1 or 2 or 4 or 8 or 16))
        {
            throw new ImageFileException(
                name, $"is a TIFF with {samples} channels of {string.Join(", ", BitsPerSample.Take(LargestSamples + 1))} bits, which is not supported; "
                + "save it with 1, 3 or 4 channels of 8 or 16 bits.");
        }

        if (directory.Numbers(TiffTags.SampleFormat).Any(format => format != 1))
            throw new ImageFileException(name, "is a TIFF with signed or floating-point numbers, which is not supported; save it with 8 or 16 bits.");
        var channels = Photometric switch
        {
            0 or 1 => samples == 1,
            2 or YCbCr => samples >= 3,
            PaletteColor => samples == 1 && bits <= 8 && directory.Numbers(TiffTags.ColorMap).Length == 3 << (int)bits,
            _ => false,
        };
        if (!channels)
        {
            throw new ImageFileException(
                name, $"is a TIFF with {samples} channels and the colour space {Photometric}, which is not supported; convert it to RGB.");
        }
    }

    private void CheckCompression(string name)
    {
        var reason = Compression switch
        {
            1 or 5 or 7 or 8 or 32773 or 32946 => null,
            2 or 3 or 4 => "is a TIFF with CCITT fax compression, which is not supported; save it with LZW or without compression.",
            _ => $"is a TIFF with compression {Compression}, which is not supported; save it with LZW or without compression.",
        };
        if (reason is not null)
            throw new ImageFileException(name, reason);
    }

    private void CheckStrips(int length, string name)
    {
        var rows = (Height + RowsPerStrip - 1) / RowsPerStrip;
        var strips = rows * (IsPlanar ? BitsPerSample.Length : 1);
        if (StripOffsets.Length != strips || StripByteCounts.Length != strips)
            throw new ImageFileException(name, $"is damaged: its pixels need {strips} strips, but it has {StripOffsets.Length}.");
        for (var strip = 0; strip < strips; strip++)
        {
            if (StripOffsets[strip] < 0 || StripByteCounts[strip] < 0 || StripOffsets[strip] + StripByteCounts[strip] > length)
                throw new ImageFileException(name, "is truncated: the file ends before the last row of pixels.");
            var height = Math.Min(RowsPerStrip, Height - (strip % rows * RowsPerStrip));
            if (Compression == 1 && Photometric != YCbCr && StripByteCounts[strip] < height * RowBytes)
                throw new ImageFileException(name, "is damaged: a strip is shorter than its rows of pixels.");
        }
    }

    private long RowBytes => ((Width * BitsPerSample[0] * (IsPlanar ? 1 : BitsPerSample.Length)) + 7) / 8;
}
