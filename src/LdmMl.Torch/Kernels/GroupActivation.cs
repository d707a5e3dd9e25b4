using System.Runtime.Intrinsics;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Kernels;

/// <summary>
/// Group normalisation and SiLU in two passes over the memory, where libtorch's operations need five and round bf16 between them. Each group of
/// each image is computed independently, so that no result depends on the batch, its place in memory or the number of threads.
/// </summary>
internal static unsafe class GroupActivation
{
    // Below this many elements, waking threads costs more than they save: libtorch's own keep spinning on their cores.
    private const long SmallestParallel = 1 << 21;

    /// <summary>Determines whether the kernel can read a tensor.</summary>
    public static bool CanRead(Tensor images) =>
        images.device_type == DeviceType.CPU && images.dtype is ScalarType.Float32 or ScalarType.BFloat16 && !is_grad_enabled();

    /// <summary>Normalises images.</summary>
    /// <param name="images">Images [B, C, H, W], contiguous, float32 or bf16.</param>
    /// <param name="affine">The affine map of each channel, [B, C] or [C] each; float32 and contiguous.</param>
    /// <param name="groups">The groups.</param>
    /// <param name="epsilon">Added to each variance.</param>
    /// <param name="withSilu">Whether SiLU follows.</param>
    /// <param name="format">The number format of the result, float32 or bf16.</param>
    /// <returns>Images of the same shape. The caller disposes them.</returns>
    public static Tensor Run(Tensor images, ChannelAffine affine, int groups, double epsilon, bool withSilu, ScalarType format)
    {
        var result = empty(images.shape, dtype: format, device: images.device);
        var (channels, pixels) = ((int)images.shape[1], (int)(images.shape[2] * images.shape[3]));
        var work = new GroupWork(
            Address(images), Address(result), Address(affine.Shift), Address(affine.Weight), Address(affine.Bias),
            affine.Weight.dim() == 2, channels, channels / groups, pixels, epsilon, withSilu);
        Action<int> one = (images.dtype, format) switch
        {
            (ScalarType.Float32, ScalarType.Float32) => work.Run<Float32Values, Float32Values>,
            (ScalarType.Float32, _) => work.Run<Float32Values, BFloat16Values>,
            (_, ScalarType.Float32) => work.Run<BFloat16Values, Float32Values>,
            _ => work.Run<BFloat16Values, BFloat16Values>,
        };
        var count = (int)images.shape[0] * groups;
        if (images.numel() >= SmallestParallel)
        {
            Parallel.For(0, count, one);
        }
        else
        {
            for (var i = 0; i < count; i++)
                one(i);
        }

        // Pointers do not keep tensors alive.
        GC.KeepAlive(images);
        GC.KeepAlive(affine);
        return result;
    }

    private static nint Address(Tensor? tensor) => (nint)TensorPointer.Of(tensor);
}
