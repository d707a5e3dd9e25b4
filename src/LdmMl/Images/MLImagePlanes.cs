using LdmMl.Internals;
using LdmMl.Torch.Tensors;
using Microsoft.ML.Data;
using SkiaSharp;

namespace LdmMl.Images;

/// <summary>Converts images of ML.NET to planes of floats [C, H, W] and back, without intermediate copies.</summary>
internal static class MLImagePlanes
{
    /// <summary>Fills planes from an image; see <see cref="PixelTensors.ToPlanes"/>.</summary>
    public static void ToPlanes(MLImage image, PixelColor background, PixelRange range, Span<float> planes, int channels)
    {
        using var pixels = new StraightPixels(image);
        PixelTensors.ToPlanes(pixels.Bytes, pixels.Layout, background, range, planes, channels);
    }

    /// <summary>Converts planes to an opaque RGBA image; see <see cref="PixelTensors.FromPlanes"/>. The caller disposes it.</summary>
    public static MLImage FromPlanes(ReadOnlySpan<float> planes, int channels, PixelRange range, int width, int height)
    {
        var bitmap = MLImageBitmap.Allocate(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        PixelTensors.FromPlanes(planes, channels, range, MLImageBitmap.Pixels(bitmap), PixelLayout.Rgba32);
        return MLImageBitmap.Wrap(bitmap);
    }
}
