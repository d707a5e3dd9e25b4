namespace LdmMl.Torch.Metrics;

/// <summary>
/// Improved precision and recall (Kynkäänniemi et al. 2019): the share of generated images that look real, and the share of real ones that
/// could have been generated.
/// </summary>
/// <remarks>
/// In double precision, on the images that the samples hold. Beside the samples, memory is bounded: two blocks of 1,024 rows and their distances
/// at a time, 100 MB for 2,048 features. Time grows with the product of the counts.
/// </remarks>
/// <example>
/// <code>
/// FeatureSample real = new(dimensions: 2), generated = new(dimensions: 2);
/// real.Add([0, 1, 1, 0, 1, 1, 0, 0]);
/// generated.Add([0, 1, 1, 0, 5, 5, 6, 6]);
/// Console.WriteLine(PrecisionRecall.Compute(real, generated, neighbours: 1));
/// </code>
/// </example>
public sealed record PrecisionRecall
{
    /// <summary>Gets the share of generated images inside the manifold of the real ones, 0 to 1.</summary>
    public required double Precision { get; init; }

    /// <summary>Gets the share of real images inside the manifold of the generated ones, 0 to 1.</summary>
    public required double Recall { get; init; }

    /// <summary>Gets the neighbour that sets the radius of an image's ball.</summary>
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
    /// <param name="neighbours">The neighbour that sets the radius of an image's ball, at least 1; 3 in the paper.</param>
    /// <returns>Precision and recall, 0 to 1, and a warning where the sets are small.</returns>
    /// <exception cref="ArgumentException">The dimensions differ, or <paramref name="neighbours"/> is below 1.</exception>
    /// <exception cref="InvalidOperationException">A sample has no rows.</exception>
    public static PrecisionRecall Compute(FeatureSample real, FeatureSample generated, int neighbours = 3)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(neighbours, 1);
        FeatureBlock.RequireComparable(real, generated);
        return new()
        {
            Precision = ShareAround(real, generated, neighbours),
            Recall = ShareAround(generated, real, neighbours),
            Neighbours = neighbours,
            RealCount = real.HeldCount,
            GeneratedCount = generated.HeldCount,
            Warning = SetSizeWarning.OfNeighbours(Math.Min(real.HeldCount, generated.HeldCount), neighbours),
        };
    }

    /// <summary>Formats the figures in one line.</summary>
    /// <returns>Such as <c>precision 0.71, recall 0.64 (500 real and 500 generated images)</c>.</returns>
    public override string ToString() =>
        FormattableString.Invariant($"precision {Precision:0.0000}, recall {Recall:0.0000} ({RealCount} real and {GeneratedCount} generated images)");

    private static double ShareAround(FeatureSample centers, FeatureSample points, int neighbours) =>
        (double)new NeighbourBalls(centers, neighbours).CountAround(points, BallEdge.Inside, out _).Count(balls => balls > 0) / points.HeldCount;
}
