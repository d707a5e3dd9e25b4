namespace LdmMl.Torch.Training.Monitoring;

/// <summary>What the monitor reads from a step in addition to its report.</summary>
internal sealed record StepSignals
{
    /// <summary>Gets the mean error: of values in the pixel range, or of predictions.</summary>
    public required double Error { get; init; }

    /// <summary>Gets the same error for an untrained network: of images of one colour each, or of the prediction 0.</summary>
    public required double FlatError { get; init; }

    /// <summary>
    /// Gets the standard deviation of the latents as the network outputs them; for diffusion, of the scaled training latents. Null if a pass does not
    /// keep them.
    /// </summary>
    public double? LatentDeviation { get; init; }

    /// <summary>Gets the divergence of each channel's posteriors from the standard normal, in nats per value; null without posteriors.</summary>
    public double[]? ChannelDivergences { get; init; }

    /// <summary>Gets how often each entry of the codebook was used; null without a codebook.</summary>
    public double[]? CodeUses { get; init; }

    /// <summary>Averages the signals of a step's batches; the uses of codebook entries are added.</summary>
    public static StepSignals Of(IReadOnlyList<StepSignals> batches) => batches is [var only] ? only : new StepSignals
    {
        Error = batches.Average(batch => batch.Error), FlatError = batches.Average(batch => batch.FlatError),
        LatentDeviation = batches.Average(batch => batch.LatentDeviation),
        ChannelDivergences = Sum(batches, batch => batch.ChannelDivergences, batches.Count), CodeUses = Sum(batches, batch => batch.CodeUses, 1),
    };

    private static double[]? Sum(IReadOnlyList<StepSignals> batches, Func<StepSignals, double[]?> part, double divisor)
    {
        if (part(batches[0]) is not { } first)
            return null;
        var sums = new double[first.Length];
        foreach (var batch in batches)
        {
            foreach (var (index, value) in part(batch)!.Index())
                sums[index] += value / divisor;
        }

        return sums;
    }
}
