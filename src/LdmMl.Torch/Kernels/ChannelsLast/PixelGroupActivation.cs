using LdmMl.Torch.Kernels.Threads;
using LdmMl.Torch.Native;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Kernels.ChannelsLast;

/// <summary>
/// Group normalisation and SiLU for float32 channels-last images. libtorch's own normalisation is ten times slower in this order where maps are
/// small, and its sums depend on the batch; here an image is split into parts by its size alone, so that no result depends on the batch or the
/// threads.
/// </summary>
internal static unsafe class PixelGroupActivation
{
    // Below this many elements the other threads wake too late to help.
    public const long SmallestShared = 1 << 17;

    /// <summary>Normalises images.</summary>
    /// <param name="images">Images [B, C, H, W], float32, channels last.</param>
    /// <param name="affine">The affine map of each channel; float32 and contiguous.</param>
    /// <param name="groups">The groups.</param>
    /// <param name="epsilon">Added to each variance.</param>
    /// <param name="withSilu">Whether SiLU follows.</param>
    /// <param name="overwrites">Whether the result overwrites the images.</param>
    /// <param name="statistics">Receives the mean and inverse deviation of each group, [B, groups, 2]; null where nobody needs them.</param>
    /// <returns>Images of the same shape, channels last. The caller disposes them.</returns>
    public static Tensor Run(
        Tensor images, ChannelAffine affine, int groups, double epsilon, bool withSilu, bool overwrites = false, Tensor? statistics = null)
    {
        using var scope = NewDisposeScope();
        var (count, channels, height, width) = ((int)images.shape[0], (int)images.shape[1], images.shape[2], images.shape[3]);
        var result = overwrites ? images.alias() : MemoryLayout.EmptyChannelsLast(count, channels, height, width);
        using var work = new PixelGroupWork
        {
            Images = TensorPointer.OfFloats(images),
            Result = TensorPointer.OfFloats(result),
            Shifts = TensorPointer.OfFloats(affine.Shift),
            Weights = TensorPointer.OfFloats(affine.Weight),
            Biases = TensorPointer.OfFloats(affine.Bias),
            Statistics = TensorPointer.OfFloats(statistics),
            WeightsPerImage = affine.Weight.dim() == 2,
            Count = count,
            Channels = channels,
            Groups = groups,
            Pixels = checked((int)(height * width)),
            Epsilon = epsilon,
            WithSilu = withSilu,
        };
        work.Run(images.numel() < SmallestShared ? 1 : OpenMpTeam.Size);

        // Pointers do not keep tensors alive.
        GC.KeepAlive(images);
        GC.KeepAlive(affine);
        GC.KeepAlive(statistics);
        return scope.MoveToOuter(result);
    }
}
