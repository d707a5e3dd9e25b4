using System.Runtime.InteropServices;
using LdmMl;
using LdmMl.Torch.Tensors;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace EmojiFromText;

/// <summary>Writes images as one picture.</summary>
internal static class Sheet
{
    /// <summary>Writes a PNG of images in groups.</summary>
    /// <param name="path">The file.</param>
    /// <param name="groups">The images of each group, [count, 3, height, width] in [-1, 1].</param>
    /// <param name="groupsPerRow">How many groups stand side by side.</param>
    public static void Save(string path, IEnumerable<Tensor> groups, int groupsPerRow)
    {
        var images = groups.Select(ToImages).ToArray();
        ImageGrid.Save(path, images, groupsPerRow);
        foreach (var image in images.SelectMany(group => group))
            image.Dispose();
    }

    /// <summary>Writes a PNG of images in rows, each with the sentence that they were drawn from.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rows">The sentences, and the images of each, [count, 3, height, width] in [-1, 1].</param>
    public static void Save(string path, IEnumerable<(string Sentence, Tensor Images)> rows)
    {
        ImageGroup[] groups = [.. rows.Select(row => new ImageGroup(row.Sentence, ToImages(row.Images)))];
        ImageGrid.Save(path, groups);
        foreach (var image in groups.SelectMany(group => group.Images))
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
