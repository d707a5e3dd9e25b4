using LdmMl;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace Tour;

/// <summary>Converts emoji to tensors in [-1, 1], and tensors to pictures.</summary>
internal static class Pictures
{
    /// <summary>Reads emoji on white: [B, 3, 64, 64]. The caller disposes them.</summary>
    public static Tensor Read(params string[] names)
    {
        MLImage[] images = [.. names.Select(name => ImageFile.Decode(ExampleFiles.Emoji(name)))];
        var tensor = images.ToTensor();
        foreach (var image in images)
            image.Dispose();
        return tensor;
    }

    /// <summary>Converts numbers [B, h, w] to grey pictures, black for -2.5 and white for 2.5, enlarged to the given side.</summary>
    public static IEnumerable<MLImage> Gray(Tensor maps, int side)
    {
        using var scope = NewDisposeScope();
        var factor = side / maps.shape[^1];
        var large = maps.repeat_interleave(factor, dim: 1).repeat_interleave(factor, dim: 2);   // [B, side, side]
        return (large / tensor(2.5f)).clamp(tensor(-1f), tensor(1f)).unsqueeze(1).ToImages();
    }
}
