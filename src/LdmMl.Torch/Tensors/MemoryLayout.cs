using static TorchSharp.torch;

namespace LdmMl.Torch.Tensors;

/// <summary>
/// The order of an image tensor's numbers in memory; its shape is [N, C, H, W] in either. Channels last, the channels of a pixel lie together:
/// what Winograd's transforms and attention read at once.
/// </summary>
internal static class MemoryLayout
{
    /// <summary>
    /// Says whether the channels of each pixel lie together, and the pixels without gaps. Maps of one pixel, and of one channel, are in both orders and
    /// count as plain, so that the answer is the same for every batch.
    /// </summary>
    public static bool IsChannelsLast(this Tensor images)
    {
        var (n, c, h, w) = Sizes(images);
        if (c == 1 || h * w == 1)
            return false;
        var strides = images.stride();
        return strides[1] == 1 && (w == 1 || strides[3] == c) && (h == 1 || strides[2] == w * c) && (n == 1 || strides[0] == h * w * c);
    }

    /// <summary>Orders images so that the channels of each pixel lie together.</summary>
    /// <returns>Images of the same shape, which share their memory with the ones given where nothing had to move.</returns>
    public static Tensor ToChannelsLast(this Tensor images)
    {
        using var pixels = images.permute(0, 2, 3, 1);
        using var together = pixels.contiguous();
        return together.permute(0, 3, 1, 2);
    }

    private static (long N, long C, long H, long W) Sizes(Tensor images) =>
        images.shape is [var n, var c, var h, var w] ? (n, c, h, w) : throw new ArgumentException("Image tensors have four axes, [N, C, H, W].", nameof(images));
}
