using System.Runtime.CompilerServices;
using Microsoft.ML.Data;
using SkiaSharp;

namespace LdmMl;

/// <summary>
/// The bitmap inside an <see cref="MLImage"/>. Only it says whether colours are multiplied by alpha (ML.NET's own loader multiplies,
/// <see cref="ImageFile"/> does not), and an image made around a bitmap needs no copy. Both members are private in ML.NET.
/// </summary>
internal static class MLImageBitmap
{
    /// <summary>Makes an image that owns <paramref name="bitmap"/>, which has 8-bit RGBA or BGRA pixels.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    public static extern MLImage Wrap(SKBitmap bitmap);

    /// <summary>Returns the bitmap, which the image owns.</summary>
    public static SKBitmap Of(MLImage image) =>
        Field(image) ?? throw new ObjectDisposedException(nameof(MLImage), "The image is disposed.");

    /// <summary>Allocates a bitmap of undefined pixels.</summary>
    /// <exception cref="InvalidOperationException">There is no memory for it, or it would have 2 GiB or more.</exception>
    public static SKBitmap Allocate(int width, int height, SKColorType format, SKAlphaType alpha)
    {
        var bitmap = new SKBitmap();
        if ((long)width * height <= int.MaxValue / 4 && bitmap.TryAllocPixels(new SKImageInfo(width, height, format, alpha)))
        {
            return bitmap;
        }

        bitmap.Dispose();
        throw new InvalidOperationException($"There is no memory for an image of {width}x{height} pixels; choose a smaller size.");
    }

    /// <summary>Returns the memory of a bitmap, rows without padding, writable; valid until the bitmap is disposed.</summary>
    public static unsafe Span<byte> Pixels(SKBitmap bitmap) => new((void*)bitmap.GetPixels(), bitmap.ByteCount);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_image")]
    private static extern ref SKBitmap? Field(MLImage image);
}
