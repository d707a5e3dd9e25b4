using System.Numerics;

namespace LdmMl.Torch.Metrics.Statistics;

/// <summary>
/// xoshiro256** 1.0 (Blackman and Vigna 2021), its state filled by SplitMix64: integer arithmetic alone, so that a seed gives the same numbers
/// on every machine and in every version of .NET, which <see cref="Random"/> does not promise.
/// </summary>
internal sealed class RandomNumbers
{
    private ulong s0, s1, s2, s3;

    public RandomNumbers(ulong seed) => (s0, s1, s2, s3) = (Split(ref seed), Split(ref seed), Split(ref seed), Split(ref seed));

    /// <summary>Draws 64 bits.</summary>
    public ulong Next()
    {
        var result = BitOperations.RotateLeft(s1 * 5, 7) * 9;
        var shifted = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= shifted;
        s3 = BitOperations.RotateLeft(s3, 45);
        return result;
    }

    /// <summary>
    /// Draws a number from 0 to <paramref name="count"/> - 1. Its bias, at most count / 2^64, is far below anything a test could detect.
    /// </summary>
    public int Below(int count) => (int)Math.BigMul(Next(), (ulong)count, out _);

    private static ulong Split(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
