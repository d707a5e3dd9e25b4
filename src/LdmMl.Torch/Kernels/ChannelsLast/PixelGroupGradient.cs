using LdmMl.Torch.Kernels.Threads;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Kernels.ChannelsLast;

/// <summary>
/// The gradients of <see cref="PixelGroupActivation"/>, in two passes over the images and the results' gradient; what SiLU needs is computed again and
/// not kept.
/// </summary>
/// <param name="Images">The gradient of the images [B, C, H, W], channels last.</param>
/// <param name="Shift">The gradient of what is added to each channel before, [B, C].</param>
/// <param name="Weight">The gradient of the weights, in their shape.</param>
/// <param name="Bias">The gradient of the biases, in their shape.</param>
internal sealed unsafe record PixelGroupGradient(Tensor Images, Tensor Shift, Tensor Weight, Tensor Bias)
{
    /// <summary>Computes the gradients. The caller disposes them.</summary>
    /// <param name="images">The images that were normalised [B, C, H, W], float32, channels last.</param>
    /// <param name="gradient">The gradient of the results, in the same order.</param>
    /// <param name="statistics">The mean and inverse deviation of each group, [B, groups, 2].</param>
    /// <param name="affine">The affine map of each channel; float32 and contiguous.</param>
    /// <param name="groups">The groups.</param>
    /// <param name="withSilu">Whether SiLU followed.</param>
    public static PixelGroupGradient Of(Tensor images, Tensor gradient, Tensor statistics, ChannelAffine affine, int groups, bool withSilu)
    {
        var (count, channels, height, width) = ((int)images.shape[0], (int)images.shape[1], images.shape[2], images.shape[3]);
        var perImage = affine.Weight.dim() == 2;
        var result = new PixelGroupGradient(
            MemoryLayout.EmptyChannelsLast(count, channels, height, width), empty([count, channels], ScalarType.Float32, CPU),
            empty(perImage ? [count, channels] : [channels], ScalarType.Float32, CPU), empty(perImage ? [count, channels] : [channels], ScalarType.Float32, CPU));
        using var work = new PixelGroupGradientWork
        {
            Images = TensorPointer.OfFloats(images),
            Gradients = TensorPointer.OfFloats(gradient),
            Statistics = TensorPointer.OfFloats(statistics),
            Shifts = TensorPointer.OfFloats(affine.Shift),
            Weights = TensorPointer.OfFloats(affine.Weight),
            Biases = TensorPointer.OfFloats(affine.Bias),
            WeightsPerImage = perImage,
            Result = TensorPointer.OfFloats(result.Images),
            ShiftResult = TensorPointer.OfFloats(result.Shift),
            WeightResult = TensorPointer.OfFloats(result.Weight),
            BiasResult = TensorPointer.OfFloats(result.Bias),
            Count = count,
            Channels = channels,
            Groups = groups,
            Pixels = checked((int)(height * width)),
            WithSilu = withSilu,
        };
        work.Run(images.numel() < PixelGroupActivation.SmallestShared ? 1 : OpenMpTeam.Size);

        // Pointers do not keep tensors alive.
        GC.KeepAlive((images, gradient, statistics, affine));
        return result;
    }
}
