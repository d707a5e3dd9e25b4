using System.Runtime.InteropServices;
using LdmMl;
using LdmMl.Torch.Tensors;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace FashionMnist;

/// <summary>Writes images as one picture.</summary>
internal static class Sheet
{
    /// <summary>Writes a PNG.</summary>
    /// <param name="path">The file.</param>
    /// <param name="images">[count, 1, height, width] in [-1, 1].</param>
    /// <param name="columns">How many are next to each other.</param>
    public static void Save(string path, Tensor images, int columns)
    {
        var groups = Enumerable.Range(0, (int)images.shape[0]).Select(index => new[] { ToImage(images[index]) }).ToArray();
        ImageGrid.Save(path, groups, columns);
        foreach (var image in groups.SelectMany(group => group))
            image.Dispose();
    }

    private static MLImage ToImage(Tensor image)
    {
        using var planes = image.contiguous();
        var (height, width) = ((int)planes.shape[1], (int)planes.shape[2]);
        var pixels = new byte[4 * width * height];
        PixelTensors.FromPlanes(MemoryMarshal.Cast<byte, float>(planes.bytes), 1, PixelRange.MinusOneToOne, pixels, PixelLayout.Rgba32);
        return MLImage.CreateFromPixels(width, height, MLPixelFormat.Rgba32, pixels);
    }
}
