using LdmMl.Torch.Tensors.Resampling;

namespace LdmMl.Torch.Tensors;

/// <summary>
/// Resizes 8-bit images as Pillow does, equal to its <c>Image.resize</c> to the last bit: the fixed-point arithmetic of its
/// antialiased filters, its coordinates for <see cref="ResizeFilter.Nearest"/>, its treatment of transparency.
/// </summary>
internal static class ImageResizer
{
    /// <summary>Resizes an interleaved image. Only the rows needed for one output row are held in memory.</summary>
    /// <param name="source">The image, [sourceHeight, sourceWidth, channels].</param>
    /// <param name="sourceWidth">The width of <paramref name="source"/>, at least 1.</param>
    /// <param name="sourceHeight">The height of <paramref name="source"/>, at least 1.</param>
    /// <param name="target">Receives the result, [targetHeight, targetWidth, channels]; must not overlap <paramref name="source"/>.</param>
    /// <param name="targetWidth">The requested width, at least 1.</param>
    /// <param name="targetHeight">The requested height, at least 1.</param>
    /// <param name="channels">
    /// 1 (grey), 3 (colour, in any order), or 4: colour and then straight (not premultiplied) alpha. Like Pillow's mode RGBA, colours
    /// are multiplied by alpha before filtering and divided by it after, in 8 bits, so that hidden colours do not bleed into visible ones.
    /// <see cref="ResizeFilter.Nearest"/> and a resize to the same size copy pixels unchanged.
    /// </param>
    /// <param name="filter">The resampling filter.</param>
    /// <exception cref="ArgumentException">A length does not fit its sizes, or the images overlap.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, there are not 1, 3 or 4 channels, or the filter is unknown.</exception>
    public static void Resize(
        ReadOnlySpan<byte> source,
        int sourceWidth,
        int sourceHeight,
        Span<byte> target,
        int targetWidth,
        int targetHeight,
        int channels,
        ResizeFilter filter)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sourceWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(sourceHeight, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(targetWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(targetHeight, 1);
        CheckLength(source.Length, sourceWidth, sourceHeight, channels, nameof(source));
        CheckLength(target.Length, targetWidth, targetHeight, channels, nameof(target));
        if (source.Overlaps(target))
        {
            throw new ArgumentException("The source and the target overlap in memory; use separate buffers.", nameof(target));
        }

        if (!Enum.IsDefined(filter))
        {
            throw new ArgumentOutOfRangeException(nameof(filter), filter, "Unknown resize filter.");
        }

        var from = new ImageSize(sourceWidth, sourceHeight);
        var to = new ImageSize(targetWidth, targetHeight);
        if (from == to)
        {
            source.CopyTo(target);
        }
        else if (filter == ResizeFilter.Nearest)
        {
            NearestResize.Run(source, from, target, to, channels);
        }
        else
        {
            Filtered(source, from, target, to, channels, filter);
        }
    }

    private static void Filtered(ReadOnlySpan<byte> source, ImageSize from, Span<byte> target, ImageSize to, int channels, ResizeFilter filter)
    {
        switch (channels)
        {
            case 1:
                FilteredResize<GrayRows>.Run(source, from, target, to, filter);
                break;
            case 3:
                FilteredResize<ColorRows>.Run(source, from, target, to, filter);
                break;
            default:
                FilteredResize<AlphaRows>.Run(source, from, target, to, filter);
                break;
        }
    }

    private static void CheckLength(int length, int width, int height, int channels, string name)
    {
        if (channels is not (1 or 3 or 4))
        {
            throw new ArgumentOutOfRangeException(
                nameof(channels), channels, "Images have 1 (grey), 3 (colour) or 4 (colour and alpha) channels.");
        }

        if ((long)width * height * channels != length)
        {
            throw new ArgumentException(
                $"The {name} has {length} bytes; {width}x{height} pixels of {channels} bytes need {(long)width * height * channels}.", name);
        }
    }
}
