using LdmMl.Torch.Kernels.Threads;
using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Kernels.ChannelsLast;

/// <summary>The sum of each channel over all pixels of all images: the gradient of a convolution's bias.</summary>
internal static unsafe class ChannelTotals
{
    private const int PixelsOfPart = 512;                        // whatever the threads, so that no bit depends on them

    /// <summary>Sums. The caller disposes the result.</summary>
    /// <param name="images">Images [B, C, H, W], float32, channels last.</param>
    /// <returns>[C], float32.</returns>
    public static Tensor Of(Tensor images)
    {
        var (channels, pixels) = ((int)images.shape[1], images.numel() / images.shape[1]);
        var parts = checked((int)((pixels + PixelsOfPart - 1) / PixelsOfPart));
        using var sums = ScratchMemory.Rent((long)parts * channels);
        var (from, to, work) = ((nint)TensorPointer.OfFloats(images), (nint)sums.Numbers, new WorkList(parts));
        OpenMpTeam.Run(images.numel() < PixelGroupActivation.SmallestShared ? 1 : OpenMpTeam.Size, _ =>
        {
            while (work.TryTake(out var part))
            {
                var first = (long)part * PixelsOfPart;
                ChannelSums.Sum(
                    (float*)from + (first * channels), (int)Math.Min(PixelsOfPart, pixels - first), channels, (float*)to + ((long)part * channels));
            }
        });
        GC.KeepAlive(images);
        var totals = new float[channels];
        for (var channel = 0; channel < channels; channel++)
        {
            var total = 0.0;
            for (var part = 0; part < parts; part++)
                total += sums.Numbers[((long)part * channels) + channel];
            totals[channel] = (float)total;
        }

        return tensor(totals);
    }
}
