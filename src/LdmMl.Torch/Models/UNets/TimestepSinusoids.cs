using static TorchSharp.torch;

namespace LdmMl.Torch.Models.UNets;

/// <summary>The sinusoidal embedding of time steps (Vaswani et al. 2017, section 3.5; Ho et al. 2020, appendix B).</summary>
/// <remarks>
/// Frequencies equal the reference's to the last bit, because at time 1000 one bit of a frequency is 1e-4 of the angle.
/// libtorch's own exponential has changed since; cosines and sines of the same angles agree in every version.
/// </remarks>
internal static class TimestepSinusoids
{
    /// <summary>The longest period of every published model, in steps.</summary>
    public const double LongestPeriod = 10000;

    /// <summary>Embeds time steps: cosines first, then sines; an odd width ends with a zero.</summary>
    /// <param name="timesteps">Time steps [B], float32; they may be fractional.</param>
    /// <param name="channels">The width, at least 2.</param>
    /// <param name="longestPeriod">The period of the last frequency but one, in steps.</param>
    /// <returns>Embeddings [B, channels]. The caller disposes them.</returns>
    public static Tensor Embed(Tensor timesteps, int channels, double longestPeriod = LongestPeriod)
    {
        using var scope = NewDisposeScope();
        var times = timesteps.to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
        var frequencies = Frequencies(channels / 2, (float)-Math.Log(longestPeriod));
        var values = new float[times.Length * channels];
        for (var row = 0; row < times.Length; row++)
            Embed(times[row], frequencies, values.AsSpan(row * channels, channels));

        // A tensor that wraps an array is aligned as the array is; matrix products depend in their last bits on the alignment of their operands.
        return scope.MoveToOuter(tensor(values, [times.Length, channels]).clone().to(timesteps.device));
    }

    /// <summary>Computes the angle that a step adds, for each frequency of an embedding.</summary>
    /// <param name="half">The number of frequencies.</param>
    /// <param name="slope">The natural logarithm of the last frequency but one, negative.</param>
    internal static float[] Frequencies(int half, float slope)
    {
        var frequencies = new float[half];
        for (var i = 0; i < half; i++)
            frequencies[i] = Exponential(slope * i / half);
        return frequencies;
    }

    // e^x within 1 ulp, as the vector library behind the reference computes it (Shibata and Petrogalli 2020, SLEEF):
    // x = q ln 2 + s with ln 2 in two parts, and a polynomial in s.
    private static float Exponential(float x)
    {
        ReadOnlySpan<float> coefficients = [1.98527617e-4f, 1.39304355e-3f, 8.33336077e-3f, 4.16664854e-2f, 0.166666672f, 0.5f];
        var q = MathF.Round(x * (float)Math.Log2(Math.E));
        var s = MathF.FusedMultiplyAdd(q, -0.693145752f, x);
        s = MathF.FusedMultiplyAdd(q, -1.42860677e-6f, s);
        var u = 0f;
        foreach (var coefficient in coefficients)
            u = MathF.FusedMultiplyAdd(u, s, coefficient);
        return MathF.ScaleB(1 + MathF.FusedMultiplyAdd(s * s, u, s), (int)q);
    }

    private static void Embed(float time, float[] frequencies, Span<float> row)
    {
        for (var i = 0; i < frequencies.Length; i++)
        {
            var angle = time * frequencies[i];
            row[i] = (float)Math.Cos(angle);
            row[frequencies.Length + i] = (float)Math.Sin(angle);
        }
    }
}
