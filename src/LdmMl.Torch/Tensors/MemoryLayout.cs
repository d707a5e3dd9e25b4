using LdmMl.Torch.Native;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tensors;

/// <summary>
/// The order of an image tensor's values in memory; its shape is [N, C, H, W] in either. Channels last, the channels of a pixel are contiguous:
/// what Winograd's transforms and attention read together.
/// </summary>
internal static class MemoryLayout
{
    /// <summary>
    /// Returns whether the channels of each pixel are contiguous, and the pixels without gaps. Maps of one pixel, and of one channel, are in both orders
    /// and count as plain, so that the answer is the same for every batch.
    /// </summary>
    public static bool IsChannelsLast(this Tensor images)
    {
        var (n, c, h, w) = Sizes(images);
        if (c == 1 || h * w == 1)
            return false;
        var strides = images.stride();
        return strides[1] == 1 && (w == 1 || strides[3] == c) && (h == 1 || strides[2] == w * c) && (n == 1 || strides[0] == h * w * c);
    }

    /// <summary>Reorders images so that the channels of each pixel are contiguous.</summary>
    /// <returns>Images of the same shape, which share memory with the input where no copy was needed.</returns>
    public static Tensor ToChannelsLast(this Tensor images)
    {
        using var pixels = images.permute(0, 2, 3, 1);
        using var together = pixels.contiguous();
        return together.permute(0, 3, 1, 2);
    }

    /// <summary>Creates images [N, C, H, W], channels last, whose values are undefined. The caller disposes them.</summary>
    public static Tensor EmptyChannelsLast(long count, long channels, long height, long width)
    {
        using var pixels = ResultMemory.Empty([count, height, width, channels]);
        return pixels.permute(0, 3, 1, 2);
    }

    private static (long N, long C, long H, long W) Sizes(Tensor images) =>
        images.shape is [var n, var c, var h, var w] ? (n, c, h, w) : throw new ArgumentException("Image tensors have four axes, [N, C, H, W].", nameof(images));
}
