using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LdmMl.Torch.Kernels.ChannelsLast;

/// <summary>
/// At each position of two channels-last maps: both vectors over the channels are normalised to length 1, and the weighted sum of their squared
/// differences, in float32. One pass over the memory, where libtorch's operations need about eight. Each position is computed independently, so
/// nothing depends on the batch.
/// </summary>
internal static unsafe class PixelUnitDistance
{
    private const int Width = 16;

    /// <summary>Fills a map.</summary>
    /// <param name="first">[positions, channels].</param>
    /// <param name="second">[positions, channels].</param>
    /// <param name="weights">[channels].</param>
    /// <param name="channels">How many channels there are.</param>
    /// <param name="map">Receives the distances, [positions].</param>
    public static void Fill<T>(byte* first, byte* second, float* weights, int channels, Span<float> map)
        where T : struct, IValueFormat
    {
        for (var position = 0; position < map.Length; position++, first += channels * T.Size, second += channels * T.Size)
            map[position] = Distance<T>(first, second, weights, channels);
    }

    // Quotients and their difference are rounded alike on both sides: equal vectors give 0, and the order of the two does not matter.
    private static float Distance<T>(byte* first, byte* second, float* weights, int channels)
        where T : struct, IValueFormat
    {
        var (a, b) = (Vector512.Create(Length<T>(first, channels)), Vector512.Create(Length<T>(second, channels)));
        var sums = Vector512<float>.Zero;
        for (var channel = 0; channel < channels; channel += Width)
        {
            var left = channels - channel;
            var difference = (Load<T>(first + (channel * T.Size), left) / a) - (Load<T>(second + (channel * T.Size), left) / b);
            sums += difference * difference * Load<Float32Values>((byte*)(weights + channel), left);
        }

        return Vector512.Sum(sums);
    }

    private static float Length<T>(byte* vector, int channels)
        where T : struct, IValueFormat
    {
        var sums = Vector512<float>.Zero;
        for (var channel = 0; channel < channels; channel += Width)
        {
            var values = Load<T>(vector + (channel * T.Size), channels - channel);
            sums += values * values;
        }

        return MathF.Sqrt(Vector512.Sum(sums)) + PlanarUnitDistance.Epsilon;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]   // a call for every sixteen values costs as much as computing them
    private static Vector512<float> Load<T>(byte* start, int left)
        where T : struct, IValueFormat => left >= Width ? T.Load(start) : LoadRest<T>(start, left);

    // The last channels, padded with zeros, which add nothing.
    private static Vector512<float> LoadRest<T>(byte* start, int left)
        where T : struct, IValueFormat
    {
        var room = stackalloc byte[Width * sizeof(float)];
        new Span<byte>(room, Width * sizeof(float)).Clear();
        Buffer.MemoryCopy(start, room, left * T.Size, left * T.Size);
        return T.Load(room);
    }
}
