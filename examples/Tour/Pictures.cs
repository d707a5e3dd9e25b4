using LdmMl;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace Tour;

/// <summary>Pictures to tensors in [-1, 1] and back.</summary>
internal static class Pictures
{
    public const int Side = 64;

    /// <summary>Reads emoji onto white: [B, 3, 64, 64].</summary>
    public static Tensor Read(MLContext mlContext, params string[] names)
    {
        var rows = mlContext.Data.LoadFromEnumerable(names.Select(name => new { Path = ExampleFiles.Emoji(name) }));
        var pipeline = mlContext.Transforms.LoadImageFiles("Image", "Path")
            .Append(mlContext.Transforms.ResizeImagesAntialiased("Image", "Image", Side, Side, ImageFit.PadToFit)).Fit(rows);
        var planes = new float[names.Length * 3 * Side * Side];
        foreach (var (index, image) in pipeline.Transform(rows).GetColumn<MLImage>("Image").Index())
        {
            var layout = image.PixelFormat == MLPixelFormat.Bgra32 ? PixelLayout.Bgra32 : PixelLayout.Rgba32;
            var target = planes.AsSpan(index * 3 * Side * Side, 3 * Side * Side);
            PixelTensors.ToPlanes(image.Pixels, layout, PixelColor.White, PixelRange.MinusOneToOne, target, channels: 3);
        }
        return tensor(planes, [names.Length, 3, Side, Side]);
    }

    /// <summary>Makes pictures of a batch [B, 3, h, w]; the caller disposes them.</summary>
    public static MLImage[] Of(Tensor images)
    {
        var (height, width) = ((int)images.shape[2], (int)images.shape[3]);
        var numbers = images.cpu().contiguous().data<float>().ToArray();
        return [.. numbers.Chunk(3 * height * width).Select(planes => Of(planes, width, height))];
    }

    /// <summary>Makes grey pictures of numbers [B, h, w], black for <paramref name="low"/> and white for <paramref name="high"/>, enlarged to 64x64.</summary>
    public static MLImage[] Gray(Tensor maps, double low, double high)
    {
        using var scope = NewDisposeScope();
        var scaled = ((maps - low) / (high - low) * 2) - 1;
        var factor = Side / maps.shape[^1];
        var large = scaled.repeat_interleave(factor, dim: 1).repeat_interleave(factor, dim: 2);
        return Of(large.unsqueeze(1).expand(-1, 3, -1, -1).clamp(-1, 1));
    }

    private static MLImage Of(float[] planes, int width, int height)
    {
        var pixels = new byte[width * height * 4];
        PixelTensors.FromPlanes(planes, channels: 3, PixelRange.MinusOneToOne, pixels, PixelLayout.Rgba32);
        return MLImage.CreateFromPixels(width, height, MLPixelFormat.Rgba32, pixels);
    }
}
