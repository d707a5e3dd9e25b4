namespace LdmMl.Torch.Metrics;

/// <summary>A kernel distance and what it rests on.</summary>
public sealed record KernelDistanceResult
{
    /// <summary>Gets the mean over the pairs of subsets: the published form (KID). Unbiased, so it can lie below 0 for equal distributions.</summary>
    public required double Distance { get; init; }

    /// <summary>Gets the standard deviation over the pairs of subsets (divided by their number, as in torchmetrics).</summary>
    public required double StandardDeviation { get; init; }

    /// <summary>Gets how many pairs of subsets were compared.</summary>
    public required int Subsets { get; init; }

    /// <summary>Gets how many images each subset had.</summary>
    public required int SubsetSize { get; init; }

    /// <summary>Gets what the distance is worth where it rests on few images; null where they are enough.</summary>
    public string? Warning { get; init; }

    /// <summary>Says the figures in one line.</summary>
    /// <returns>Such as <c>0.0123 ± 0.0021 (100 subsets of 1000)</c>.</returns>
    public override string ToString() =>
        FormattableString.Invariant($"{Distance:G6} ± {StandardDeviation:G3} ({Subsets} subsets of {SubsetSize})");
}
