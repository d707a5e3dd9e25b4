namespace LdmMl.Torch.Tensors.Resampling;

/// <summary>For each output position along one axis: which input pixels it is computed from, and their weights in fixed point.</summary>
internal sealed class FilterWeights
{
    /// <summary>Fractional bits: 8 are the pixel's and 2 are kept for overshoot and sign.</summary>
    public const int PrecisionBits = 32 - 8 - 2;

    private readonly int[] first;
    private readonly int[] count;
    private readonly int[] weights;

    public FilterWeights(int from, int to, ResizeFilter filter)
    {
        var scale = (double)from / to;
        var widening = Math.Max(scale, 1);
        var support = FilterFunction.Support(filter) * widening;
        first = new int[to];
        count = new int[to];

        // An even number, because two weights are taken at a time; the extra one is 0.
        Taps = (((int)Math.Ceiling(support) * 2) + 2) & ~1;
        weights = new int[checked(to * Taps)];
        var exact = new double[Taps];
        for (var i = 0; i < to; i++)
        {
            var center = (i + 0.5) * scale;
            first[i] = Math.Max((int)(center - support + 0.5), 0);
            count[i] = Math.Min((int)(center + support + 0.5), from) - first[i];
            Fill(exact.AsSpan(0, count[i]), filter, first[i] - center, 1 / widening);
            Quantize(exact.AsSpan(0, count[i]), weights.AsSpan(i * Taps));
        }
    }

    /// <summary>Gets the number of weights reserved for each output pixel.</summary>
    public int Taps { get; }

    public int Length => first.Length;

    public int First(int index) => first[index];

    public int Count(int index) => count[index];

    /// <summary>Returns <see cref="Taps"/> weights of one new pixel, zeros after <see cref="Count"/>.</summary>
    public ReadOnlySpan<int> Weights(int index) => weights.AsSpan(index * Taps, Taps);

    private static void Fill(Span<double> exact, ResizeFilter filter, double offset, double step)
    {
        var sum = 0.0;
        for (var i = 0; i < exact.Length; i++)
        {
            exact[i] = FilterFunction.Weight(filter, (i + offset + 0.5) * step);
            sum += exact[i];
        }

        if (sum != 0)
        {
            for (var i = 0; i < exact.Length; i++)
            {
                exact[i] /= sum;
            }
        }
    }

    private static void Quantize(ReadOnlySpan<double> exact, Span<int> weights)
    {
        for (var i = 0; i < exact.Length; i++)
        {
            weights[i] = (int)((exact[i] * (1 << PrecisionBits)) + (exact[i] < 0 ? -0.5 : 0.5));
        }
    }
}
