using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LdmMl.Torch.Kernels.ChannelsLast;

/// <summary>Sums over channels-last pixels, one for each channel. For a few thousand pixels at most, because the sums are float32.</summary>
internal static unsafe class ChannelSums
{
    private const int Width = 16;

    /// <summary>Sums the values.</summary>
    /// <param name="pixels">[count, channels].</param>
    /// <param name="count">How many pixels there are.</param>
    /// <param name="channels">How many channels each has.</param>
    /// <param name="sums">Receives the sums, [channels].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sum(float* pixels, int count, int channels, float* sums)
    {
        var channel = 0;
        for (; channel <= channels - (4 * Width); channel += 4 * Width)
        {
            Vector512<float> a = default, b = default, c = default, d = default;
            var at = pixels + channel;
            for (var pixel = 0; pixel < count; pixel++, at += channels)
            {
                a += Vector512.Load(at);
                b += Vector512.Load(at + Width);
                c += Vector512.Load(at + (2 * Width));
                d += Vector512.Load(at + (3 * Width));
            }

            a.Store(sums + channel);
            b.Store(sums + channel + Width);
            c.Store(sums + channel + (2 * Width));
            d.Store(sums + channel + (3 * Width));
        }

        for (; channel <= channels - Width; channel += Width)
        {
            var sum = Vector512<float>.Zero;
            var at = pixels + channel;
            for (var pixel = 0; pixel < count; pixel++, at += channels)
                sum += Vector512.Load(at);
            sum.Store(sums + channel);
        }

        for (; channel < channels; channel++)
        {
            sums[channel] = 0;
            for (var pixel = 0; pixel < count; pixel++)
                sums[channel] += pixels[((nint)pixel * channels) + channel];
        }
    }

    /// <summary>Sums the squares of the values, each shifted by its channel's offset first.</summary>
    /// <inheritdoc cref="Sum"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SumOfSquares(float* pixels, int count, int channels, float* offsets, float* sums)
    {
        var channel = 0;
        for (; channel <= channels - (2 * Width); channel += 2 * Width)
        {
            Vector512<float> first = default, second = default;
            var (offset, other) = (Vector512.Load(offsets + channel), Vector512.Load(offsets + channel + Width));
            var at = pixels + channel;
            for (var pixel = 0; pixel < count; pixel++, at += channels)
            {
                var (a, b) = (Vector512.Load(at) + offset, Vector512.Load(at + Width) + other);
                first = Vector512.FusedMultiplyAdd(a, a, first);
                second = Vector512.FusedMultiplyAdd(b, b, second);
            }

            first.Store(sums + channel);
            second.Store(sums + channel + Width);
        }

        for (; channel < channels; channel++)
        {
            sums[channel] = 0;
            for (var pixel = 0; pixel < count; pixel++)
            {
                var value = pixels[((nint)pixel * channels) + channel] + offsets[channel];
                sums[channel] = MathF.FusedMultiplyAdd(value, value, sums[channel]);
            }
        }
    }
}
