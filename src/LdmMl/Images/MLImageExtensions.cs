using LdmMl.Images;
using LdmMl.Torch.Tensors;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace LdmMl;

/// <summary>Operations on images outside a pipeline: copying, encoding as PNG, and conversion to and from tensors.</summary>
/// <remarks>
/// Alpha: PNG keeps it; a tensor has none, so transparent pixels are blended with a background first; an image made from a tensor is opaque.
/// <see cref="ImageFile"/> reads what the PNG methods write.
/// </remarks>
/// <example>
/// <code>
/// byte[] png = image.ToPng();                                     // for a web response
/// image.SavePng("image.png");
/// using var pixels = image.ToTensor(PixelRange.MinusOneToOne);    // [1, 3, H, W]
/// using var same = pixels.ToImage(PixelRange.MinusOneToOne);
/// </code>
/// </example>
public static class MLImageExtensions
{
    /// <summary>Copies an image: pixels, transparency and tag. The copy is independent of the original.</summary>
    /// <param name="image">The image; its ownership does not change.</param>
    /// <returns>The copy. The caller disposes it.</returns>
    public static MLImage Copy(this MLImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return MLImageCopy.Of(image)!;
    }

    /// <summary>Encodes an image as PNG, with its alpha channel unless it is opaque.</summary>
    /// <param name="image">The image.</param>
    /// <returns>The bytes of a PNG file.</returns>
    public static byte[] ToPng(this MLImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        using var data = ImageEncoder.Encode(image);
        return data.ToArray();
    }

    /// <summary>Writes an image as PNG to a stream, which stays open.</summary>
    /// <param name="image">The image.</param>
    /// <param name="stream">The stream.</param>
    public static void SavePng(this MLImage image, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(stream);
        using var data = ImageEncoder.Encode(image);
        stream.Write(data.AsSpan());
    }

    /// <summary>Writes an image as a PNG file, whatever the extension. The file is replaced only when the new one is complete.</summary>
    /// <param name="image">The image.</param>
    /// <param name="path">The file; replaced if it exists.</param>
    public static void SavePng(this MLImage image, string path)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentException.ThrowIfNullOrEmpty(path);
        ImageEncoder.SavePng(image, path);
    }

    /// <summary>Converts an image to a tensor.</summary>
    /// <param name="image">The image.</param>
    /// <param name="range">The range of the values; by default -1 to 1, which the autoencoders of latent diffusion take.</param>
    /// <param name="background">The colour behind transparent pixels; white by default.</param>
    /// <returns>Red, green and blue, [1, 3, H, W], float32, on the CPU. The caller disposes it.</returns>
    public static Tensor ToTensor(this MLImage image, PixelRange range = PixelRange.MinusOneToOne, PixelColor? background = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        return ToTensor([image], range, background);
    }

    /// <summary>Converts several images to one tensor.</summary>
    /// <param name="images">The images, at least one, all of one size.</param>
    /// <param name="range">The range of the values; -1 to 1 by default.</param>
    /// <param name="background">The colour behind transparent pixels; white by default.</param>
    /// <returns>Red, green and blue, [B, 3, H, W], float32, on the CPU. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">There is no image, or their sizes differ.</exception>
    public static Tensor ToTensor(this IReadOnlyList<MLImage> images, PixelRange range = PixelRange.MinusOneToOne, PixelColor? background = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        return ImageTensors.Of(images, channels: 3, range, background ?? PixelColor.White);
    }

    /// <summary>Converts a tensor with a single image to an opaque image.</summary>
    /// <param name="tensor">
    /// Red, green and blue, or grey: [3, H, W], [1, H, W] or the same with a leading 1; floating-point, on any device. Values are clamped to
    /// the range and rounded to 8 bits, halves to even; NaN becomes 0.
    /// </param>
    /// <param name="range">The range of the values; -1 to 1 by default.</param>
    /// <returns>The image. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The tensor has another shape or type, or holds several images.</exception>
    public static MLImage ToImage(this Tensor tensor, PixelRange range = PixelRange.MinusOneToOne)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.dim() == 4 && tensor.shape[0] != 1)
            throw new ArgumentException($"The tensor holds {tensor.shape[0]} images; use ToImages instead.", nameof(tensor));
        return ToImages(tensor, range)[0];
    }

    /// <summary>Converts each row of a tensor to an opaque image.</summary>
    /// <param name="tensor">Red, green and blue [B, 3, H, W] or grey [B, 1, H, W], as for <see cref="ToImage"/>.</param>
    /// <param name="range">The range of the values; -1 to 1 by default.</param>
    /// <returns>The images. The caller disposes them.</returns>
    /// <exception cref="ArgumentException">The tensor has another shape or type.</exception>
    public static IReadOnlyList<MLImage> ToImages(this Tensor tensor, PixelRange range = PixelRange.MinusOneToOne)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return ImageTensors.ToImages(tensor, range);
    }
}
