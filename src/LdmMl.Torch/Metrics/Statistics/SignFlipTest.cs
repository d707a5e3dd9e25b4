using System.Numerics;

namespace LdmMl.Torch.Metrics.Statistics;

/// <summary>
/// The paired permutation test of the mean difference (Fisher 1935, §21; Pitman 1937), two-sided. If the two of a pair did not differ,
/// each difference could equally have the opposite sign; the p-value is the share of all sign patterns whose mean is at least as far from 0.
/// </summary>
/// <remarks>
/// Chosen rather than Wilcoxon's signed ranks because it tests the figure that is reported, the mean, not the ranks, so that test and interval
/// are about the same quantity; ties and zeros need no special rule; and it is exact. Its p-value does not assume a distribution of the scores.
/// </remarks>
internal static class SignFlipTest
{
    /// <summary>Up to this many differences that are not 0, every sign pattern is counted.</summary>
    public const int LargestExactCount = 40;

    /// <summary>Beyond it, this many random patterns are, with the observed one: the smallest p-value is then 1 / 10,000.</summary>
    public const int RandomPatterns = 9_999;

    // Sums that differ by rounding alone count as equal.
    private const double Rounding = 1e-12;

    /// <summary>Computes the p-value.</summary>
    /// <param name="differences">One difference for each pair; at least one, all finite.</param>
    /// <param name="seed">Decides the random patterns; not used up to <see cref="LargestExactCount"/>.</param>
    /// <returns>The two-sided p-value, above 0, at most 1; 1 where all differences are 0.</returns>
    /// <exception cref="ArgumentException">There is no value, or one is not finite.</exception>
    public static double PValue(ReadOnlySpan<double> differences, ulong seed = 0)
    {
        ScoreValues.Require(differences, nameof(differences));
        var nonzero = Array.FindAll(differences.ToArray(), difference => difference != 0);   // the sign of 0 changes no sum
        if (nonzero.Length == 0)
            return 1;
        var scale = nonzero.Max(Math.Abs);
        for (var i = 0; i < nonzero.Length; i++)
            nonzero[i] /= scale;                                                             // sums cannot overflow
        var least = Math.Abs(nonzero.Sum()) - Rounding * nonzero.Sum(Math.Abs);
        if (least <= 0)
            return 1;
        return nonzero.Length <= LargestExactCount ? Exact(nonzero, least) : Sampled(nonzero, least, seed);
    }

    // All 2^n sums are the sums of the patterns of the first n / 2 values with those of the rest: sorted, the pairs beyond the bound are counted in
    // one walk.
    // The patterns come in pairs of opposite sums, so one tail decides both.
    private static double Exact(double[] values, double least)
    {
        var first = SortedSums(values.AsSpan(0, values.Length / 2));
        var second = SortedSums(values.AsSpan(values.Length / 2));
        var beyond = 0L;
        var reach = second.Length;
        foreach (var sum in first)
        {
            while (reach > 0 && sum + second[reach - 1] >= least)
                reach--;
            beyond += second.Length - reach;
        }
        return Math.Min(1, 2.0 * beyond / ((double)first.Length * second.Length));
    }

    private static double[] SortedSums(ReadOnlySpan<double> values)
    {
        var sums = new double[1 << values.Length];
        for (var pattern = 0; pattern < sums.Length; pattern++)
        {
            var sum = 0.0;
            for (var i = 0; i < values.Length; i++)
                sum += (pattern >> i & 1) == 0 ? values[i] : -values[i];
            sums[pattern] = sum;
        }
        Array.Sort(sums);
        return sums;
    }

    // The observed pattern is one of those that could have been, so p is never 0 (Phipson and Smyth 2010).
    private static double Sampled(double[] values, double least, ulong seed)
    {
        var random = new RandomNumbers(seed);
        var beyond = 1;
        for (var pattern = 0; pattern < RandomPatterns; pattern++)
        {
            var sum = 0.0;
            for (var start = 0; start < values.Length; start += 64)
            {
                var signs = random.Next();
                for (var i = start; i < Math.Min(start + 64, values.Length); i++, signs = BitOperations.RotateLeft(signs, 63))
                    sum += BitConverter.UInt64BitsToDouble(BitConverter.DoubleToUInt64Bits(values[i]) ^ (signs << 63));
            }
            if (Math.Abs(sum) >= least)
                beyond++;
        }
        return (double)beyond / (RandomPatterns + 1);
    }
}
