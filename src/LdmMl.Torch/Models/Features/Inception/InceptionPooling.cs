using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Features.Inception;

/// <summary>The pooling layers of Inception.</summary>
internal static class InceptionPooling
{
    /// <summary>3x3 max pooling of stride 2.</summary>
    public static Tensor Halve(Tensor x) =>                      // [B, C, H, W] -> [B, C, (H-1)/2, (W-1)/2]
        functional.max_pool2d(x, [3, 3], [2, 2]);

    /// <summary>3x3 average pooling that excludes the padding, as in the TensorFlow network with which FID was defined.</summary>
    public static Tensor Means(Tensor x) =>                      // [B, C, H, W] -> same
        functional.avg_pool2d(x, [3, 3], [1, 1], [1, 1], ceil_mode: false, count_include_pad: false);

    /// <summary>3x3 max pooling.</summary>
    public static Tensor Maxima(Tensor x) =>                     // [B, C, H, W] -> same
        functional.max_pool2d(x, [3, 3], [1, 1], [1, 1]);
}
