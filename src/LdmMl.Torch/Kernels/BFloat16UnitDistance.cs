using System.Runtime.Intrinsics;

namespace LdmMl.Torch.Kernels;

/// <summary>
/// At each position of two channels-last bf16 maps: both vectors over the channels made 1 long, and the weighted sum of their squared differences,
/// in float32. One pass over the memory, where libtorch's operations need about eight. Each position is computed alone, so nothing depends on the batch.
/// </summary>
internal static unsafe class BFloat16UnitDistance
{
    private const int HalfWidth = 16;   // bits; a bf16 is the upper half of a float32

    /// <summary>Fills a map.</summary>
    /// <param name="first">[positions, channels].</param>
    /// <param name="second">[positions, channels].</param>
    /// <param name="weights">[channels].</param>
    /// <param name="channels">How many channels there are.</param>
    /// <param name="map">Receives the distances, [positions].</param>
    public static void Fill(ushort* first, ushort* second, float* weights, int channels, Span<float> map)
    {
        for (var position = 0; position < map.Length; position++, first += channels, second += channels)
            map[position] = Distance(first, second, weights, channels);
    }

    // Quotients and their difference are rounded alike on both sides: equal vectors give 0, and the order of the two does not matter.
    private static float Distance(ushort* first, ushort* second, float* weights, int channels)
    {
        var (a, b) = (Length(first, channels), Length(second, channels));
        var sums = Vector256<float>.Zero;
        var channel = 0;
        for (; channel <= channels - Vector256<float>.Count; channel += Vector256<float>.Count)
        {
            var difference = (LoadEight(first + channel) / a) - (LoadEight(second + channel) / b);
            sums += difference * difference * Vector256.Load(weights + channel);
        }

        var sum = Vector256.Sum(sums);
        for (; channel < channels; channel++)
        {
            var difference = (Load(first + channel) / a) - (Load(second + channel) / b);
            sum += difference * difference * weights[channel];
        }

        return sum;
    }

    private static float Length(ushort* vector, int channels)
    {
        var sums = Vector256<float>.Zero;
        var channel = 0;
        for (; channel <= channels - Vector256<float>.Count; channel += Vector256<float>.Count)
        {
            var values = LoadEight(vector + channel);
            sums += values * values;
        }

        var sum = Vector256.Sum(sums);
        for (; channel < channels; channel++)
            sum += Load(vector + channel) * Load(vector + channel);
        return MathF.Sqrt(sum) + PlanarUnitDistance.Epsilon;
    }

    private static Vector256<float> LoadEight(ushort* start)
    {
        var (lower, upper) = Vector128.Widen(Vector128.Load(start));
        return (Vector256.Create(lower, upper) << HalfWidth).AsSingle();
    }

    private static float Load(ushort* start) => BitConverter.UInt32BitsToSingle((uint)*start << HalfWidth);
}
