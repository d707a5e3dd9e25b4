using System.Runtime.Intrinsics;

namespace LdmMl.Torch.Kernels;

/// <summary>
/// At each position of two channels-last maps: both vectors over the channels made 1 long, and the weighted sum of their squared differences.
/// One pass over the memory, where libtorch's operations need about eight. Each position is computed alone, so nothing depends on the batch.
/// </summary>
internal static unsafe class UnitVectorDistance
{
    private const float Epsilon = 1e-10f;   // as in the reference; only vectors of zeros feel it

    /// <summary>Fills a map.</summary>
    /// <param name="first">[positions, channels].</param>
    /// <param name="second">[positions, channels].</param>
    /// <param name="weights">[channels], float32.</param>
    /// <param name="channels">How many channels there are.</param>
    /// <param name="map">Receives the distances, [positions].</param>
    public static void Fill<TFormat>(byte* first, byte* second, float* weights, int channels, Span<float> map)
        where TFormat : struct, IFeatureFormat
    {
        var step = channels * TFormat.Size;
        for (var position = 0; position < map.Length; position++, first += step, second += step)
            map[position] = Distance<TFormat>(first, second, weights, channels);
    }

    // Quotients and their difference are rounded alike on both sides: equal vectors give 0, and the order of the two does not matter.
    // A rounded reciprocal would stretch a whole vector, and that weighs ten times as much as rounding each of its numbers.
    private static float Distance<TFormat>(byte* first, byte* second, float* weights, int channels)
        where TFormat : struct, IFeatureFormat
    {
        var (a, b) = (Length<TFormat>(first, channels), Length<TFormat>(second, channels));
        var sums = Vector256<float>.Zero;
        var channel = 0;
        for (; channel <= channels - Vector256<float>.Count; channel += Vector256<float>.Count)
        {
            var at = channel * TFormat.Size;
            var difference = (TFormat.LoadEight(first + at) / a) - (TFormat.LoadEight(second + at) / b);
            sums += difference * difference * Vector256.Load(weights + channel);
        }

        var sum = Vector256.Sum(sums);
        for (; channel < channels; channel++)
        {
            var difference = (TFormat.Load(first + (channel * TFormat.Size)) / a) - (TFormat.Load(second + (channel * TFormat.Size)) / b);
            sum += difference * difference * weights[channel];
        }

        return sum;
    }

    private static float Length<TFormat>(byte* vector, int channels)
        where TFormat : struct, IFeatureFormat
    {
        var sums = Vector256<float>.Zero;
        var channel = 0;
        for (; channel <= channels - Vector256<float>.Count; channel += Vector256<float>.Count)
        {
            var values = TFormat.LoadEight(vector + (channel * TFormat.Size));
            sums += values * values;
        }

        var sum = Vector256.Sum(sums);
        for (; channel < channels; channel++)
        {
            var value = TFormat.Load(vector + (channel * TFormat.Size));
            sum += value * value;
        }

        return MathF.Sqrt(sum) + Epsilon;
    }
}
