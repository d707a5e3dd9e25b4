using LdmMl.Torch.Kernels.Threads;
using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Kernels.ChannelsLast;

/// <summary>
/// Gathers the moments of the groups of a map that passes in strips, in double. Channels-last pixels are cut into the same parts as by
/// <see cref="PixelGroupActivation"/>, wherever strips end, so that the moments are those of the whole map to the last bit.
/// </summary>
internal sealed unsafe class PixelMomentStream(int channels, int groups) : IDisposable
{
    private readonly int pixelsOfPart = Math.Max(1, PixelMoments.NumbersOfPart / channels);
    private readonly ScratchMemory begun = ScratchMemory.Rent((long)Math.Max(1, PixelMoments.NumbersOfPart / channels) * channels);
    private GroupMoments[]? whole;
    private int begunPixels;

    /// <summary>Adds the next strip [1, C, rows, W], float32, channels last.</summary>
    public void Add(Tensor strip)
    {
        var pixels = checked((int)(strip.shape[2] * strip.shape[3]));
        var start = TensorPointer.OfFloats(strip);
        var taken = begunPixels == 0 ? 0 : Begin(start, pixels);
        var parts = (pixels - taken) / pixelsOfPart;
        Measure(start + ((nint)taken * channels), parts);
        taken += parts * pixelsOfPart;
        if (taken < pixels)
            Begin(start + ((nint)taken * channels), pixels - taken);
        GC.KeepAlive(strip);
    }

    /// <summary>Adds the moments of a strip in another order.</summary>
    /// <param name="count">The values of a group.</param>
    /// <param name="means">Their means, one for each group.</param>
    /// <param name="squares">The sums of their squared deviations from these.</param>
    public void Add(long count, ReadOnlySpan<double> means, ReadOnlySpan<double> squares)
    {
        var moments = new GroupMoments[groups];
        for (var group = 0; group < groups; group++)
            moments[group] = new GroupMoments(count, means[group], squares[group]);
        Merge(moments);
    }

    /// <summary>Computes the coefficients of the normalisation, once all strips were added.</summary>
    /// <param name="weights">The weight of each channel.</param>
    /// <param name="biases">The bias of each channel.</param>
    /// <param name="epsilon">Added to each variance.</param>
    public (float[] Factors, float[] Summands) Fold(float[] weights, float[] biases, double epsilon)
    {
        if (begunPixels > 0)
            Measure(begun.Numbers, begunPixels, count: 1);
        begunPixels = 0;
        var (factors, summands) = (new float[channels], new float[channels]);
        for (var channel = 0; channel < channels; channel++)
        {
            (factors[channel], summands[channel]) =
                PixelMoments.Fold(whole![channel / (channels / groups)], epsilon, shift: 0, weights[channel], biases[channel]);
        }

        return (factors, summands);
    }

    public void Dispose() => begun.Dispose();

    // Copies pixels to a part that strips complete later, and measures it when it is complete.
    private int Begin(float* start, int pixels)
    {
        var count = Math.Min(pixels, pixelsOfPart - begunPixels);
        var bytes = (long)count * channels * sizeof(float);
        Buffer.MemoryCopy(start, begun.Numbers + ((nint)begunPixels * channels), bytes, bytes);
        begunPixels += count;
        if (begunPixels == pixelsOfPart)
        {
            Measure(begun.Numbers, 1);
            begunPixels = 0;
        }

        return count;
    }

    private void Measure(float* start, int parts) => Measure(start, pixelsOfPart, parts);

    private void Measure(float* start, int pixels, int count)
    {
        var (moments, work, first) = (new GroupMoments[count * groups], new WorkList(count), (nint)start);
        OpenMpTeam.Run(count == 1 ? 1 : OpenMpTeam.Size, _ =>
        {
            using var sums = ScratchMemory.Rent(channels);
            while (work.TryTake(out var part))
            {
                PixelMoments.Measure(
                    (float*)first + ((nint)part * pixels * channels), pixels, channels, null, sums.Numbers, moments.AsSpan(part * groups, groups));
            }
        });
        for (var part = 0; part < count; part++)
            Merge(moments.AsSpan(part * groups, groups));
    }

    private void Merge(ReadOnlySpan<GroupMoments> next)
    {
        if (whole is null)
        {
            whole = next.ToArray();
            return;
        }

        for (var group = 0; group < groups; group++)
            whole[group] += next[group];
    }
}
