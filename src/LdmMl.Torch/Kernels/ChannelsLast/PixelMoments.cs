using System.Runtime.CompilerServices;

namespace LdmMl.Torch.Kernels.ChannelsLast;

/// <summary>The moments of the groups in a part of a channels-last map, and the coefficients of a normalisation by them.</summary>
internal static unsafe class PixelMoments
{
    /// <summary>The numbers of a part, which stays in the second-level cache while it is measured twice and normalised.</summary>
    public const int NumbersOfPart = 1 << 14;

    /// <summary>Measures a part in two passes: its means, then the squared deviations from them.</summary>
    /// <param name="start">[count, channels].</param>
    /// <param name="count">How many pixels there are.</param>
    /// <param name="channels">How many channels each has.</param>
    /// <param name="shifts">What is added to each channel; null for nothing.</param>
    /// <param name="sums">Room for one number of each channel.</param>
    /// <param name="target">Receives the moments of each group.</param>
    [SkipLocalsInit]
    public static void Measure(float* start, int count, int channels, float* shifts, float* sums, Span<GroupMoments> target)
    {
        var size = channels / target.Length;
        ChannelSums.Sum(start, count, channels, sums);
        for (var group = 0; group < target.Length; group++)
        {
            var total = 0.0;
            for (var channel = group * size; channel < (group + 1) * size; channel++)
                total += sums[channel] + (count * (shifts == null ? 0.0 : shifts[channel]));
            target[group] = new GroupMoments((double)size * count, total / ((double)size * count), Squares: 0);
        }

        var offsets = stackalloc float[channels];                // the offset that turns a value into its deviation from its group's mean
        for (var channel = 0; channel < channels; channel++)
            offsets[channel] = (float)((shifts == null ? 0.0 : shifts[channel]) - target[channel / size].Mean);
        ChannelSums.SumOfSquares(start, count, channels, offsets, sums);
        for (var group = 0; group < target.Length; group++)
        {
            var total = 0.0;
            for (var channel = group * size; channel < (group + 1) * size; channel++)
                total += sums[channel];
            target[group] = target[group] with { Squares = total };
        }
    }

    /// <summary>Normalisation, weight and bias as one multiply-add for a channel.</summary>
    /// <param name="of">The moments of its group.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="shift">Added to the channel before.</param>
    /// <param name="weight">Its weight.</param>
    /// <param name="bias">Its bias.</param>
    public static (float Factor, float Summand) Fold(GroupMoments of, double epsilon, float shift, float weight, float bias)
    {
        var factor = weight * of.Scale(epsilon);
        return (factor, MathF.FusedMultiplyAdd(shift - (float)of.Mean, factor, bias));
    }
}
