using System.Runtime.InteropServices;
using LdmMl;
using LdmMl.Torch.Tensors;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace EmojiGeneration;

/// <summary>Writes several images as one picture.</summary>
internal static class Sheet
{
    /// <summary>Writes a PNG of images in groups.</summary>
    /// <param name="path">The file.</param>
    /// <param name="groups">The images of each group, [count, 3, height, width] in [-1, 1].</param>
    /// <param name="groupsPerRow">How many groups are next to each other.</param>
    public static void Save(string path, IEnumerable<Tensor> groups, int groupsPerRow)
    {
        var images = groups.Select(ToImages).ToArray();
        ImageGrid.Save(path, images, groupsPerRow);
        foreach (var image in images.SelectMany(group => group))
            image.Dispose();
    }

    private static MLImage[] ToImages(Tensor batch) =>
        [.. Enumerable.Range(0, (int)batch.shape[0]).Select(index =>
        {
            using var image = batch[index].contiguous();
            var (height, width) = ((int)image.shape[1], (int)image.shape[2]);
            var pixels = new byte[4 * width * height];
            PixelTensors.FromPlanes(MemoryMarshal.Cast<byte, float>(image.bytes), 3, PixelRange.MinusOneToOne, pixels, PixelLayout.Rgba32);
            return MLImage.CreateFromPixels(width, height, MLPixelFormat.Rgba32, pixels);
        })];
}
