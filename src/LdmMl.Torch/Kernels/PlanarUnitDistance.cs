using System.Runtime.Intrinsics;

namespace LdmMl.Torch.Kernels;

/// <summary>
/// At each position of two float32 maps stored channel by channel: both vectors over the channels are normalised to length 1, and the weighted sum of
/// their squared differences. Each position is computed independently of the batch; a part of a map stays in the cache between the passes.
/// </summary>
internal static unsafe class PlanarUnitDistance
{
    /// <summary>Added to each length, as in the reference; it matters only for vectors of zeros.</summary>
    public const float Epsilon = 1e-10f;

    /// <summary>The largest number of positions in one call.</summary>
    public const int MostPositions = 512;

    // Sums of a few channels first, and then of these sums: faster, and more exact than one long sum.
    private const int Group = 16;

    /// <summary>Fills a part of a map.</summary>
    /// <param name="first">The start of the part in the first channel of one side.</param>
    /// <param name="second">The same of the other side.</param>
    /// <param name="weights">[channels].</param>
    /// <param name="channels">How many channels there are.</param>
    /// <param name="plane">The stride of channels, in elements.</param>
    /// <param name="map">Receives the distances of the part, at most <see cref="MostPositions"/>.</param>
    public static void Fill(float* first, float* second, float* weights, int channels, long plane, Span<float> map)
    {
        float* a = stackalloc float[MostPositions], b = stackalloc float[MostPositions];
        var count = map.Length;
        Lengths(first, channels, plane, a, count);
        Lengths(second, channels, plane, b, count);
        map.Clear();
        fixed (float* sums = map)
        {
            for (var channel = 0; channel < channels; channel += Group)
            {
                var group = Math.Min(Group, channels - channel);
                var offset = channel * plane;
                AddDifferences(first + offset, second + offset, weights + channel, group, plane, a, b, sums, count);
            }
        }
    }

    // Quotients and their difference are rounded alike on both sides: equal vectors give 0, and the order of the two does not matter.
    // A rounded reciprocal would scale a whole vector, which costs ten times as much accuracy as rounding each of its values.
    private static void AddDifferences(float* first, float* second, float* weights, int channels, long plane, float* a, float* b, float* sums, int count)
    {
        var position = 0;
        for (; position <= count - Vector256<float>.Count; position += Vector256<float>.Count)
        {
            var sum = Vector256<float>.Zero;
            var (lengthA, lengthB) = (Vector256.Load(a + position), Vector256.Load(b + position));
            for (var channel = 0; channel < channels; channel++)
            {
                var at = (channel * plane) + position;
                var difference = (Vector256.Load(first + at) / lengthA) - (Vector256.Load(second + at) / lengthB);
                sum += difference * difference * weights[channel];
            }

            (Vector256.Load(sums + position) + sum).Store(sums + position);
        }

        for (; position < count; position++)
        {
            var sum = 0f;
            for (var channel = 0; channel < channels; channel++)
            {
                var at = (channel * plane) + position;
                var difference = (first[at] / a[position]) - (second[at] / b[position]);
                sum += difference * difference * weights[channel];
            }

            sums[position] += sum;
        }
    }

    private static void Lengths(float* vectors, int channels, long plane, float* lengths, int count)
    {
        new Span<float>(lengths, count).Clear();
        for (var channel = 0; channel < channels; channel += Group)
            AddSquares(vectors + (channel * plane), Math.Min(Group, channels - channel), plane, lengths, count);
        for (var position = 0; position < count; position++)
            lengths[position] = MathF.Sqrt(lengths[position]) + Epsilon;
    }

    private static void AddSquares(float* vectors, int channels, long plane, float* sums, int count)
    {
        var position = 0;
        for (; position <= count - Vector256<float>.Count; position += Vector256<float>.Count)
        {
            var sum = Vector256<float>.Zero;
            for (var channel = 0; channel < channels; channel++)
            {
                var values = Vector256.Load(vectors + (channel * plane) + position);
                sum += values * values;
            }

            (Vector256.Load(sums + position) + sum).Store(sums + position);
        }

        for (; position < count; position++)
        {
            var sum = 0f;
            for (var channel = 0; channel < channels; channel++)
                sum += vectors[(channel * plane) + position] * vectors[(channel * plane) + position];
            sums[position] += sum;
        }
    }
}
