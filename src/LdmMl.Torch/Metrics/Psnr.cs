using System.Numerics;

namespace LdmMl.Torch.Metrics;

/// <summary>Peak signal-to-noise ratio in decibels: 10 log10(range² / mean squared error), over all pixels and channels at once.</summary>
/// <remarks>Sums are exact for bytes and double precision for floats. Identical images give positive infinity; a NaN value gives NaN.</remarks>
/// <example>
/// <code>
/// byte[] reference = [0, 100, 200], candidate = [0, 101, 200];
/// Console.WriteLine($"{Psnr.Compute(reference, candidate):0.00} dB");   // 52.90 dB
/// </code>
/// </example>
public static class Psnr
{
    /// <summary>Compares two images of bytes; the range is 255.</summary>
    /// <param name="reference">Values of the reference in any layout.</param>
    /// <param name="candidate">Values of the candidate in the same layout.</param>
    /// <returns>Decibels, at least 0; positive infinity for identical images.</returns>
    /// <exception cref="ArgumentException">The images differ in size or are empty.</exception>
    public static double Compute(ReadOnlySpan<byte> reference, ReadOnlySpan<byte> candidate) =>
        FromMeanSquaredError(MeanSquaredError(reference, candidate), 255);

    /// <summary>Compares two images of floats.</summary>
    /// <param name="reference">Values of the reference in any layout.</param>
    /// <param name="candidate">Values of the candidate in the same layout.</param>
    /// <param name="dataRange">Largest possible value minus the smallest: 1 for [0, 1], 2 for [-1, 1].</param>
    /// <returns>Decibels; positive infinity for identical images.</returns>
    /// <exception cref="ArgumentException">The images differ in size or are empty, or the range is not above 0.</exception>
    public static double Compute(ReadOnlySpan<float> reference, ReadOnlySpan<float> candidate, double dataRange)
    {
        ImagePairArguments.RequireDataRange(dataRange);
        return FromMeanSquaredError(MeanSquaredError(reference, candidate), dataRange);
    }

    /// <summary>Computes the mean squared difference of two images of bytes.</summary>
    /// <param name="reference">Values of the reference in any layout.</param>
    /// <param name="candidate">Values of the candidate in the same layout.</param>
    /// <returns>The mean over all values, 0 to 65025.</returns>
    /// <exception cref="ArgumentException">The images differ in size or are empty.</exception>
    public static double MeanSquaredError(ReadOnlySpan<byte> reference, ReadOnlySpan<byte> candidate)
    {
        ImagePairArguments.RequireSameSize(reference.Length, candidate.Length);
        return (double)SquaredError(reference, candidate) / reference.Length;
    }

    /// <summary>Computes the mean squared difference of two images of floats.</summary>
    /// <param name="reference">Values of the reference in any layout.</param>
    /// <param name="candidate">Values of the candidate in the same layout.</param>
    /// <returns>The mean over all values.</returns>
    /// <exception cref="ArgumentException">The images differ in size or are empty.</exception>
    public static double MeanSquaredError(ReadOnlySpan<float> reference, ReadOnlySpan<float> candidate)
    {
        ImagePairArguments.RequireSameSize(reference.Length, candidate.Length);
        var sum = 0.0;
        for (var i = 0; i < reference.Length; i++)
        {
            var difference = (double)reference[i] - candidate[i];
            sum += difference * difference;
        }

        return sum / reference.Length;
    }

    private static double FromMeanSquaredError(double error, double dataRange) => 10 * Math.Log10(dataRange * dataRange / error);

    private static long SquaredError(ReadOnlySpan<byte> reference, ReadOnlySpan<byte> candidate)
    {
        // A lane gains at most 4 * 255² per iteration, so a block of 4096 iterations fits into an int.
        const int TurnsPerBlock = 4096;
        var sum = 0L;
        var i = 0;
        while (i <= reference.Length - Vector<byte>.Count)
        {
            var lanes = Vector<int>.Zero;
            for (var turn = 0; turn < TurnsPerBlock && i <= reference.Length - Vector<byte>.Count; turn++, i += Vector<byte>.Count)
            {
                Vector.Widen(new Vector<byte>(reference[i..]), out var referenceLow, out var referenceHigh);
                Vector.Widen(new Vector<byte>(candidate[i..]), out var candidateLow, out var candidateHigh);
                lanes += Squares(referenceLow, candidateLow) + Squares(referenceHigh, candidateHigh);
            }

            for (var lane = 0; lane < Vector<int>.Count; lane++)
                sum += lanes[lane];
        }

        for (; i < reference.Length; i++)
            sum += (reference[i] - candidate[i]) * (reference[i] - candidate[i]);
        return sum;
    }

    private static Vector<int> Squares(Vector<ushort> a, Vector<ushort> b)
    {
        Vector.Widen(Vector.AsVectorInt16(a) - Vector.AsVectorInt16(b), out var low, out var high);
        return (low * low) + (high * high);
    }
}
