using System.Buffers;
using LdmMl.Internals;
using LdmMl.Torch.Tensors;
using Microsoft.ML.Data;
using SkiaSharp;

namespace LdmMl.Images;

/// <summary>
/// Resizes images to one size. <see cref="ImageFit.Stretch"/> equals Pillow's <c>resize</c> bit for bit, <see cref="ImageFit.CropToFill"/>
/// its <c>crop(box).resize(size)</c>, <see cref="ImageFit.CenterCrop"/> its <c>crop(box)</c>, and <see cref="ImageFit.PadToFit"/> its
/// <c>resize</c> pasted through its own alpha; if the image's colours are premultiplied by alpha, that is undone first, in 8 bits.
/// </summary>
internal sealed record ImageGeometry
{
    /// <summary>Gets the width of the results, at least 1.</summary>
    public required int Width { get; init; }

    /// <summary>Gets the height of the results, at least 1.</summary>
    public required int Height { get; init; }

    public ResizeFilter Filter { get; init; } = ResizeFilter.Bicubic;

    public ImageFit Fit { get; init; }

    /// <summary>Gets the colour around the image under <see cref="ImageFit.PadToFit"/>.</summary>
    public PixelColor Background { get; init; } = PixelColor.White;

    /// <summary>Creates a new image, never the given one, in the same pixel format and with its tag. The caller disposes it.</summary>
    /// <exception cref="ArgumentException">The image is too small to be cropped.</exception>
    public MLImage Apply(MLImage image)
    {
        using var pixels = new StraightPixels(image);
        var size = (image.Width, image.Height);
        var result = MLImageBitmap.Allocate(
            Width, Height, MLImageBitmap.Of(image).ColorType, Fit == ImageFit.PadToFit ? SKAlphaType.Opaque : pixels.Alpha);
        try
        {
            Fill(pixels, size, MLImageBitmap.Pixels(result));
        }
        catch
        {
            result.Dispose();
            throw;
        }

        var resized = MLImageBitmap.Wrap(result);
        resized.Tag = image.Tag;
        return resized;
    }

    private void Fill(in StraightPixels pixels, (int Width, int Height) size, Span<byte> result)
    {
        switch (Fit)
        {
            case ImageFit.Stretch:
                ImageResizer.Resize(pixels.Bytes, size.Width, size.Height, result, Width, Height, 4, Filter);
                break;
            case ImageFit.CropToFill:
                Cut(pixels.Bytes, size.Width, PixelBox.Filling(Width, Height, size.Width, size.Height), result);
                break;
            case ImageFit.CenterCrop when size.Width < Width || size.Height < Height:
                throw new ArgumentException(
                    $"The image is {size.Width}x{size.Height}, too small to crop {Width}x{Height} from it; " +
                    $"use {nameof(ImageFit)}.{nameof(ImageFit.CropToFill)}.");
            case ImageFit.CenterCrop:
                Cut(pixels.Bytes, size.Width, PixelBox.Centered(Width, Height, size.Width, size.Height), result);
                break;
            case ImageFit.PadToFit:
                Pad(pixels, size, result);
                break;
            default:
                throw new InvalidOperationException($"Unknown {nameof(ImageFit)} {Fit}.");
        }
    }

    private void Cut(ReadOnlySpan<byte> source, int sourceWidth, PixelBox box, Span<byte> result)
    {
        var first = ((box.Top * sourceWidth) + box.Left) * 4;
        if (box.Width == sourceWidth)
        {
            ImageResizer.Resize(source.Slice(first, box.Width * box.Height * 4), box.Width, box.Height, result, Width, Height, 4, Filter);
            return;
        }

        var cut = ArrayPool<byte>.Shared.Rent(box.Width * box.Height * 4);
        for (var y = 0; y < box.Height; y++)
        {
            source.Slice(first + (y * sourceWidth * 4), box.Width * 4).CopyTo(cut.AsSpan(y * box.Width * 4));
        }

        ImageResizer.Resize(cut.AsSpan(0, box.Width * box.Height * 4), box.Width, box.Height, result, Width, Height, 4, Filter);
        ArrayPool<byte>.Shared.Return(cut);
    }

    private void Pad(in StraightPixels pixels, (int Width, int Height) size, Span<byte> result)
    {
        var box = PixelBox.Fitting(size.Width, size.Height, Width, Height);
        var length = box.Width * box.Height * 4;
        var fitted = ArrayPool<byte>.Shared.Rent(length);
        ImageResizer.Resize(pixels.Bytes, size.Width, size.Height, fitted.AsSpan(0, length), box.Width, box.Height, 4, Filter);
        PixelBytes.Flatten(fitted.AsSpan(0, length), pixels.Layout, Background);
        PixelBytes.Fill(result, pixels.Layout, Background);
        for (var y = 0; y < box.Height; y++)
        {
            fitted.AsSpan(y * box.Width * 4, box.Width * 4).CopyTo(result[((((box.Top + y) * Width) + box.Left) * 4)..]);
        }

        ArrayPool<byte>.Shared.Return(fitted);
    }
}
