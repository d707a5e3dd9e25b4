using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.Data;
using SkiaSharp;

namespace LdmMl.Internals;

/// <summary>
/// The bitmap inside an <see cref="MLImage"/>. Only it tells whether colours are premultiplied by alpha (ML.NET's own loader premultiplies,
/// <see cref="ImageFile"/> does not), and an image made around a bitmap needs no copy. Both members are private in ML.NET.
/// </summary>
internal static class MLImageBitmap
{
    private static readonly SKBitmapReleaseDelegate Free = Release;

    /// <summary>Creates an image that owns <paramref name="bitmap"/>, which has 8-bit RGBA or BGRA pixels.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    public static extern MLImage Wrap(SKBitmap bitmap);

    /// <summary>Returns the bitmap, which the image owns.</summary>
    public static SKBitmap Of(MLImage image) =>
        Field(image) ?? throw new ObjectDisposedException(nameof(MLImage), "The image is disposed.");

    /// <summary>Allocates a bitmap with undefined pixels.</summary>
    /// <exception cref="InvalidOperationException">There is not enough memory for it, or it would take 2 GiB or more.</exception>
    /// <remarks>
    /// The memory is reported to the garbage collector, so that images that are not disposed trigger a collection.
    /// </remarks>
    public static unsafe SKBitmap Allocate(int width, int height, SKColorType format, SKAlphaType alpha)
    {
        if ((long)width * height > int.MaxValue / 4)
            throw NoMemory(width, height);
        var info = new SKImageInfo(width, height, format, alpha);
        var pixels = TryAllocate(info.BytesSize);
        if (pixels is null)
            throw NoMemory(width, height);
        GC.AddMemoryPressure(info.BytesSize);
        var bitmap = new SKBitmap();
        if (bitmap.InstallPixels(info, (nint)pixels, info.RowBytes, Free, info.BytesSize))
            return bitmap;
        bitmap.Dispose();   // InstallPixels has released the memory
        throw NoMemory(width, height);
    }

    /// <summary>Returns the memory of a bitmap, rows without padding, writable; valid until the bitmap is disposed.</summary>
    public static unsafe Span<byte> Pixels(SKBitmap bitmap) => new((void*)bitmap.GetPixels(), bitmap.ByteCount);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_image")]
    private static extern ref SKBitmap? Field(MLImage image);

    private static unsafe void* TryAllocate(int length)
    {
        try
        {
            return NativeMemory.Alloc((nuint)length);
        }
        catch (OutOfMemoryException)
        {
            return null;
        }
    }

    private static unsafe void Release(nint pixels, object length)
    {
        NativeMemory.Free((void*)pixels);
        GC.RemoveMemoryPressure((int)length);
    }

    private static InvalidOperationException NoMemory(int width, int height) =>
        new($"There is not enough memory for an image of {width}x{height} pixels; choose a smaller size.");
}
