namespace LdmMl.Torch.Metrics;

/// <summary>
/// Density and coverage (Naeem et al. 2020, eq. 4 and 5): how densely generated images surround real ones, and which share of the real ones has
/// a generated one nearby. Less sensitive to outliers than precision and recall.
/// </summary>
/// <remarks>
/// In double precision, on the images that the samples hold, with the same memory and time bounds as <see cref="PrecisionRecall"/>.
/// A distance equal to the ball's radius is outside, as in the authors' code.
/// </remarks>
/// <example>
/// <code>
/// FeatureSample real = new(dimensions: 2), generated = new(dimensions: 2);
/// real.Add([0, 1, 1, 0, 1, 1, 0, 0]);
/// generated.Add([0, 1, 1, 0, 5, 5, 6, 6]);
/// Console.WriteLine(DensityCoverage.Compute(real, generated, neighbours: 1));
/// </code>
/// </example>
public sealed record DensityCoverage
{
    /// <summary>
    /// Gets the average number of real images' balls that contain a generated image, divided by the neighbours; about 1 for equal distributions.
    /// </summary>
    public required double Density { get; init; }

    /// <summary>Gets the share of real images whose ball contains a generated image, 0 to 1.</summary>
    public required double Coverage { get; init; }

    /// <summary>Gets the neighbour that sets the radius of a real image's ball.</summary>
    public required int Neighbours { get; init; }

    /// <summary>Gets how many real images were compared.</summary>
    public required int RealCount { get; init; }

    /// <summary>Gets how many generated images were compared.</summary>
    public required int GeneratedCount { get; init; }

    /// <summary>Gets a warning if the values rest on too few images; otherwise null.</summary>
    public string? Warning { get; init; }

    /// <summary>Compares two sets of images.</summary>
    /// <param name="real">Features of real images.</param>
    /// <param name="generated">Features of generated images.</param>
    /// <param name="neighbours">The neighbour that sets the radius of a real image's ball, at least 1; 5 in the paper.</param>
    /// <returns>Density (about 1 for equal distributions) and coverage (0 to 1), and a warning where the sets are small.</returns>
    /// <exception cref="ArgumentException">The dimensions differ, or <paramref name="neighbours"/> is below 1.</exception>
    /// <exception cref="InvalidOperationException">A sample has no rows.</exception>
    public static DensityCoverage Compute(FeatureSample real, FeatureSample generated, int neighbours = 5)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(neighbours, 1);
        FeatureBlock.RequireComparable(real, generated);
        var counts = new NeighbourBalls(real, neighbours).CountAround(generated, BallEdge.Outside, out var touched);
        var reach = Math.Clamp(real.HeldCount - 1, 1, neighbours);
        return new()
        {
            Density = counts.Sum(balls => (double)balls) / ((double)reach * generated.HeldCount),
            Coverage = (double)touched.Count(ball => ball) / real.HeldCount,
            Neighbours = neighbours,
            RealCount = real.HeldCount,
            GeneratedCount = generated.HeldCount,
            Warning = SetSizeWarning.OfNeighbours(Math.Min(real.HeldCount, generated.HeldCount), neighbours),
        };
    }

    /// <summary>Formats the figures in one line.</summary>
    /// <returns>Such as <c>density 0.98, coverage 0.91 (500 real and 500 generated images)</c>.</returns>
    public override string ToString() =>
        FormattableString.Invariant($"density {Density:0.0000}, coverage {Coverage:0.0000} ({RealCount} real and {GeneratedCount} generated images)");
}
