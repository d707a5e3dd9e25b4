using LdmMl.Torch.Native;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Layers;

/// <summary>The channels of two images, one after the other.</summary>
internal static class ChannelJoin
{
    /// <summary>Joins images in the order of memory that they have.</summary>
    /// <param name="first">Images [B, C1, H, W].</param>
    /// <param name="second">Images [B, C2, H, W].</param>
    /// <returns>Images [B, C1 + C2, H, W]. The caller disposes them.</returns>
    public static Tensor Of(Tensor first, Tensor second)
    {
        if (is_grad_enabled() || !IsPixelWise(first) || !IsPixelWise(second))
            return cat([first, second], dim: 1);
        using var scope = NewDisposeScope();
        var (count, channels, height, width) = (first.shape[0], first.shape[1], first.shape[2], first.shape[3]);
        var joined = ResultMemory.Empty([count, height, width, channels + second.shape[1]]).permute(0, 3, 1, 2);
        joined.narrow(1, 0, channels).copy_(first);
        joined.narrow(1, channels, second.shape[1]).copy_(second);
        return scope.MoveToOuter(joined);
    }

    private static bool IsPixelWise(Tensor images) =>
        images.dtype == ScalarType.Float32 && images.device_type == DeviceType.CPU && images.IsChannelsLast();
}
