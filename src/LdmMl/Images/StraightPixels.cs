using System.Buffers;
using LdmMl.Internals;
using LdmMl.Torch.Tensors;
using Microsoft.ML.Data;
using SkiaSharp;

namespace LdmMl.Images;

/// <summary>
/// Reads an image's pixels with straight alpha: the image's own memory if it is stored like that,
/// a converted copy otherwise. ML.NET declares everything made with <see cref="MLImage.CreateFromPixels"/> as premultiplied.
/// </summary>
internal ref struct StraightPixels : IDisposable
{
    private byte[]? copy;

    public StraightPixels(MLImage image)
    {
        var bitmap = MLImageBitmap.Of(image);
        Layout = image.PixelFormat == MLPixelFormat.Bgra32 ? PixelLayout.Bgra32 : PixelLayout.Rgba32;
        Alpha = bitmap.AlphaType;
        Bytes = image.Pixels;
        if (Alpha != SKAlphaType.Opaque && PixelBytes.IsOpaque(Bytes))
        {
            Alpha = SKAlphaType.Opaque;
        }

        if (Alpha == SKAlphaType.Premul)
        {
            copy = ArrayPool<byte>.Shared.Rent(Bytes.Length);
            Convert(bitmap, copy);
            Bytes = copy.AsSpan(0, Bytes.Length);
            Alpha = SKAlphaType.Unpremul;
        }
    }

    /// <summary>Gets the pixels, [H, W, 4]; valid until this or the image is disposed.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    public PixelLayout Layout { get; }

    /// <summary>Gets the kind of alpha: opaque or unpremultiplied.</summary>
    public SKAlphaType Alpha { get; }

    public void Dispose()
    {
        if (copy is not null)
        {
            Bytes = default;
            ArrayPool<byte>.Shared.Return(copy);
            copy = null;
        }
    }

    private static unsafe void Convert(SKBitmap bitmap, byte[] copy)
    {
        using var pixmap = bitmap.PeekPixels();
        fixed (byte* start = copy)
        {
            pixmap.ReadPixels(pixmap.Info.WithAlphaType(SKAlphaType.Unpremul), (nint)start, bitmap.RowBytes);
        }
    }
}
