using LdmMl.Images;
using LdmMl.Internals;
using LdmMl.Torch.Tensors;
using Microsoft.ML.Data;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;
using static TorchSharp.torch;

namespace LdmMl.ImageSharp;

/// <summary>Converts images of ImageSharp to ML.NET images and tensors, and back.</summary>
/// <remarks>
/// An ML.NET image keeps alpha, not premultiplied. A tensor and an <see cref="Rgb24"/> image have no alpha, so transparent pixels are first blended
/// with a background, in 8 bits as Pillow's <c>paste</c> does.
/// </remarks>
/// <example>
/// <code>
/// using var picture = image.ToRgba32Image();                 // MLImage -> Image&lt;Rgba32&gt;
/// using var again = picture.ToMLImage();
/// using var pixels = picture.ToTensor(PixelRange.MinusOneToOne);   // [1, 3, H, W]
/// </code>
/// </example>
public static class ImageSharpExtensions
{
    /// <summary>Converts an image to an opaque ML.NET image.</summary>
    /// <param name="image">The image.</param>
    /// <returns>The image in RGBA. The caller disposes it.</returns>
    public static MLImage ToMLImage(this Image<Rgb24> image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return MLImageBitmap.Wrap(PixelRows.ToBitmap(image));
    }

    /// <summary>Converts an image to an ML.NET image that keeps alpha.</summary>
    /// <param name="image">The image.</param>
    /// <returns>The image in RGBA, its colours not premultiplied by alpha. The caller disposes it.</returns>
    public static MLImage ToMLImage(this Image<Rgba32> image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return MLImageBitmap.Wrap(PixelRows.ToBitmap(image));
    }

    /// <summary>Converts an ML.NET image to an image of ImageSharp that keeps alpha.</summary>
    /// <param name="image">The image.</param>
    /// <returns>The image. The caller disposes it.</returns>
    public static Image<Rgba32> ToRgba32Image(this MLImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        using var pixels = new StraightPixels(image);
        if (pixels.Layout == PixelLayout.Rgba32)
            return Image.LoadPixelData<Rgba32>(pixels.Bytes, image.Width, image.Height);
        using var other = Image.LoadPixelData<Bgra32>(pixels.Bytes, image.Width, image.Height);
        return other.CloneAs<Rgba32>();
    }

    /// <summary>Converts an ML.NET image to an image of ImageSharp without alpha.</summary>
    /// <param name="image">The image.</param>
    /// <param name="background">The colour behind transparent pixels; white by default.</param>
    /// <returns>The image. The caller disposes it.</returns>
    public static Image<Rgb24> ToRgb24Image(this MLImage image, PixelColor? background = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        using var pixels = new StraightPixels(image);
        var bytes = pixels.Bytes.ToArray();
        PixelBytes.Flatten(bytes, pixels.Layout, background ?? PixelColor.White);
        if (pixels.Layout == PixelLayout.Rgba32)
        {
            using var flat = Image.LoadPixelData<Rgba32>(bytes, image.Width, image.Height);
            return flat.CloneAs<Rgb24>();
        }

        using var other = Image.LoadPixelData<Bgra32>(bytes, image.Width, image.Height);
        return other.CloneAs<Rgb24>();
    }

    /// <summary>Converts an image to a tensor.</summary>
    /// <param name="image">The image.</param>
    /// <param name="range">The range of the values; by default -1 to 1.</param>
    /// <returns>Red, green and blue, [1, 3, H, W], float32, on the CPU. The caller disposes it.</returns>
    public static Tensor ToTensor(this Image<Rgb24> image, PixelRange range = PixelRange.MinusOneToOne)
    {
        using var converted = image.ToMLImage();
        return converted.ToTensor(range);
    }

    /// <summary>Converts an image to a tensor.</summary>
    /// <param name="image">The image.</param>
    /// <param name="range">The range of the values; by default -1 to 1.</param>
    /// <param name="background">The colour behind transparent pixels; white by default.</param>
    /// <returns>Red, green and blue, [1, 3, H, W], float32, on the CPU. The caller disposes it.</returns>
    public static Tensor ToTensor(this Image<Rgba32> image, PixelRange range = PixelRange.MinusOneToOne, PixelColor? background = null)
    {
        using var converted = image.ToMLImage();
        return converted.ToTensor(range, background);
    }

    /// <summary>Converts a tensor to images.</summary>
    /// <param name="tensor">Images [B, 3, H, W], [B, 1, H, W], [3, H, W] or [1, H, W], floating-point, as for <see cref="MLImageExtensions.ToImage"/>.</param>
    /// <param name="range">The range of the values; by default -1 to 1.</param>
    /// <returns>The images. The caller disposes them.</returns>
    /// <exception cref="ArgumentException">The tensor has another shape or type.</exception>
    public static IReadOnlyList<Image<Rgb24>> ToRgb24Images(this Tensor tensor, PixelRange range = PixelRange.MinusOneToOne)
    {
        var images = tensor.ToImages(range);
        try
        {
            return [.. images.Select(image => image.ToRgb24Image())];
        }
        finally
        {
            foreach (var image in images)
                image.Dispose();
        }
    }
}
