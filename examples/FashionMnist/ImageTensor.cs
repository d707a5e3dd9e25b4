using System.Runtime.InteropServices;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace FashionMnist;

/// <summary>Images of a set as one batch.</summary>
internal static class ImageTensor
{
    /// <summary>Reads images.</summary>
    /// <param name="images">The set.</param>
    /// <param name="rows">Their places in it.</param>
    /// <returns>[rows, 1, 32, 32] in [-1, 1]; the caller disposes it.</returns>
    public static Tensor Of(IImageSet images, IReadOnlyList<int> rows)
    {
        var batch = empty(rows.Count, images.Channels, images.Height, images.Width);
        var values = MemoryMarshal.Cast<byte, float>(batch.bytes);
        var size = values.Length / rows.Count;
        for (var i = 0; i < rows.Count; i++)
            images.Read(rows[i], PixelRange.MinusOneToOne, values.Slice(i * size, size));
        return batch;
    }
}
