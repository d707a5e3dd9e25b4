using System.Runtime.Intrinsics;

namespace LdmMl.Torch.Tensors;

/// <summary>
/// Converts interleaved bytes to planes of floats [C, H, W] and back, without intermediate copies.
/// Bytes to floats to bytes gives the same bytes, in both ranges.
/// </summary>
public static class PixelTensors
{
    private const int Block = 8;

    /// <summary>
    /// Fills planes from interleaved pixels. Transparent pixels are first composited over <paramref name="background"/> in 8 bits:
    /// <c>round((colour * alpha + background * (255 - alpha)) / 255)</c>, as Pillow's <c>paste</c> with a mask does.
    /// One channel from colour pixels is their luma (ITU-R 601-2 in 8 bits, as Pillow's <c>convert("L")</c>); grey gives three equal planes.
    /// </summary>
    /// <param name="pixels">The pixels, [H, W, bytes per pixel].</param>
    /// <param name="layout">The order of bytes in a pixel.</param>
    /// <param name="background">The colour behind transparent pixels; unused if the layout has no alpha.</param>
    /// <param name="range">The range of the floats.</param>
    /// <param name="planes">Receives [channels, H, W]: red, green, blue; or luma.</param>
    /// <param name="channels">3 or 1.</param>
    /// <exception cref="ArgumentException">The lengths do not match.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="channels"/> is neither 1 nor 3, or an enum value is unknown.</exception>
    public static void ToPlanes(
        ReadOnlySpan<byte> pixels, PixelLayout layout, PixelColor background, PixelRange range, Span<float> planes, int channels)
    {
        CheckLengths(pixels.Length, layout, range, planes.Length, channels);
        switch (layout)
        {
            case PixelLayout.Gray8:
                ToPlanes<Gray8Format>(pixels, background, range, planes, channels);
                break;
            case PixelLayout.Rgb24:
                ToPlanes<Rgb24Format>(pixels, background, range, planes, channels);
                break;
            case PixelLayout.Rgba32:
                ToPlanes<Rgba32Format>(pixels, background, range, planes, channels);
                break;
            default:
                ToPlanes<Bgra32Format>(pixels, background, range, planes, channels);
                break;
        }
    }

    /// <summary>
    /// Fills interleaved pixels from planes: values are clamped to the range and rounded, ties to even; alpha becomes 255; NaN becomes 0.
    /// </summary>
    /// <param name="planes">The planes, [channels, H, W]: red, green, blue; or grey.</param>
    /// <param name="channels">3 or 1.</param>
    /// <param name="range">The range of the floats.</param>
    /// <param name="pixels">Receives [H, W, bytes per pixel].</param>
    /// <param name="layout">The order of bytes in a pixel; grey from three planes is the luma of the rounded colours.</param>
    /// <exception cref="ArgumentException">The lengths do not match.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="channels"/> is neither 1 nor 3, or an enum value is unknown.</exception>
    public static void FromPlanes(ReadOnlySpan<float> planes, int channels, PixelRange range, Span<byte> pixels, PixelLayout layout)
    {
        CheckLengths(pixels.Length, layout, range, planes.Length, channels);
        switch (layout)
        {
            case PixelLayout.Gray8:
                FromPlanes<Gray8Format>(planes, channels, range, pixels);
                break;
            case PixelLayout.Rgb24:
                FromPlanes<Rgb24Format>(planes, channels, range, pixels);
                break;
            case PixelLayout.Rgba32:
                FromPlanes<Rgba32Format>(planes, channels, range, pixels);
                break;
            default:
                FromPlanes<Bgra32Format>(planes, channels, range, pixels);
                break;
        }
    }

    private static void ToPlanes<TFormat>(
        ReadOnlySpan<byte> pixels, PixelColor background, PixelRange range, Span<float> planes, int channels)
        where TFormat : struct, IPixelFormat
    {
        var count = pixels.Length / TFormat.BytesPerPixel;
        var behind = Vector256.Create((uint)(background.Red | (background.Green << 8) | (background.Blue << 16)));
        Span<byte> tail = stackalloc byte[Block * 4];
        Span<float> block = stackalloc float[Block * 3];
        for (var start = 0; start < count; start += Block)
        {
            var length = Math.Min(Block, count - start);
            var source = pixels.Slice(start * TFormat.BytesPerPixel, length * TFormat.BytesPerPixel);
            if (length == Block)
            {
                Split<TFormat>(source, behind, range, planes, start, count, channels);
                continue;
            }

            // The last pixels go through a full block of their own.
            source.CopyTo(tail);
            Split<TFormat>(tail, behind, range, block, 0, Block, channels);
            for (var channel = 0; channel < channels; channel++)
            {
                block.Slice(channel * Block, length).CopyTo(planes[((channel * count) + start)..]);
            }
        }
    }

    private static void Split<TFormat>(
        ReadOnlySpan<byte> source, Vector256<uint> behind, PixelRange range, Span<float> planes, int start, int stride, int channels)
        where TFormat : struct, IPixelFormat
    {
        var pixels = TFormat.Load(source);
        if (TFormat.HasAlpha)
        {
            pixels = PackedPixels.Composite(pixels, behind);
        }

        if (channels == 1)
        {
            PixelValues.ToFloat(PackedPixels.Luma(pixels), range).CopyTo(planes[start..]);
            return;
        }

        PixelValues.ToFloat(PackedPixels.Red(pixels), range).CopyTo(planes[start..]);
        PixelValues.ToFloat(PackedPixels.Green(pixels), range).CopyTo(planes[(start + stride)..]);
        PixelValues.ToFloat(PackedPixels.Blue(pixels), range).CopyTo(planes[(start + (2 * stride))..]);
    }

    private static void FromPlanes<TFormat>(ReadOnlySpan<float> planes, int channels, PixelRange range, Span<byte> pixels)
        where TFormat : struct, IPixelFormat
    {
        var count = pixels.Length / TFormat.BytesPerPixel;
        Span<byte> tail = stackalloc byte[Block * 4];
        Span<float> block = stackalloc float[Block * 3];
        for (var start = 0; start < count; start += Block)
        {
            var length = Math.Min(Block, count - start);
            var target = pixels.Slice(start * TFormat.BytesPerPixel, length * TFormat.BytesPerPixel);
            if (length == Block)
            {
                TFormat.Store(Join(planes, start, count, channels, range), target);
                continue;
            }

            for (var channel = 0; channel < channels; channel++)
            {
                planes.Slice((channel * count) + start, length).CopyTo(block[(channel * Block)..]);
            }

            TFormat.Store(Join(block, 0, Block, channels, range), tail);
            tail[..target.Length].CopyTo(target);
        }
    }

    private static Vector256<uint> Join(ReadOnlySpan<float> planes, int start, int stride, int channels, PixelRange range)
    {
        var red = PixelValues.ToByte(Vector256.Create(planes[start..]), range);
        if (channels == 1)
        {
            return PackedPixels.Join(red, red, red);
        }

        var green = PixelValues.ToByte(Vector256.Create(planes[(start + stride)..]), range);
        var blue = PixelValues.ToByte(Vector256.Create(planes[(start + (2 * stride))..]), range);
        return PackedPixels.Join(red, green, blue);
    }

    private static void CheckLengths(int bytes, PixelLayout layout, PixelRange range, int floats, int channels)
    {
        var size = layout.BytesPerPixel();
        if (range is not (PixelRange.MinusOneToOne or PixelRange.ZeroToOne))
        {
            throw new ArgumentOutOfRangeException(nameof(range), range, "Unknown pixel range.");
        }

        if (channels is not (1 or 3))
        {
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "Images have 1 (grey) or 3 (red, green, blue) channels.");
        }

        if (bytes % size != 0 || (long)bytes / size * channels != floats)
        {
            throw new ArgumentException(
                $"{bytes} bytes of {layout} and {floats} floats in {channels} channels are not the same number of pixels; " +
                $"give {size} bytes and {channels} floats for each pixel.");
        }
    }
}
