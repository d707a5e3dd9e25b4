using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion;

/// <summary>Guides clean images instead of predictions (Sadat et al. 2024, algorithm 1), without the part that is parallel to them.</summary>
/// <param name="both">Denoises a batch twice, first without and then with the condition: [2B, c, h, w].</param>
/// <param name="scale">The scale of guidance.</param>
/// <param name="projection">What is left out.</param>
internal sealed class ProjectedDenoiser(IDenoiser both, double scale, GuidanceProjection projection) : IDenoiser
{
    /// <inheritdoc/>
    public Denoised Denoise(Tensor state, NoiseLevel level)
    {
        using var scope = NewDisposeScope();
        var pair = both.Denoise(cat([state, state]), level);
        var result = Denoised.FromStart(state, level, Guide(pair.Start));
        return new Denoised(scope.MoveToOuter(result.Start), scope.MoveToOuter(result.Epsilon));
    }

    /// <inheritdoc/>
    public Denoised Denoise(Tensor state, IReadOnlyList<NoiseLevel> levels)
    {
        using var scope = NewDisposeScope();
        var pair = both.Denoise(cat([state, state]), [.. levels, .. levels]);
        var start = Guide(pair.Start);
        var (alpha, sigma) = (RowColumn.Of(state, levels.Select(level => level.Alpha)), RowColumn.Of(state, levels.Select(level => level.Sigma)));
        return new Denoised(scope.MoveToOuter(start), scope.MoveToOuter((state - (start * alpha)) / sigma));
    }

    // Row by row, so that a row gets the same bits in any batch.
    private Tensor Guide(Tensor pair)                            // [2B, c, h, w] -> [B, c, h, w]
    {
        var rows = pair.shape[0] / 2;
        return cat([.. Enumerable.Range(0, (int)rows).Select(row => Guide(pair.narrow(0, row, 1), pair.narrow(0, rows + row, 1)))]);
    }

    private Tensor Guide(Tensor unconditional, Tensor conditional)
    {
        var difference = conditional - unconditional;
        if (projection.LargestNorm is { } largest && Product(difference, difference) is var square && square > largest * largest)
            difference = difference * Real(largest / Math.Sqrt(square));
        var length = Product(conditional, conditional);
        var along = length > 0 ? Product(difference, conditional) / length : 0;   // of an empty image everything is orthogonal
        var kept = difference - (conditional * Real(along * (1 - projection.ParallelShare)));
        return conditional.Plus(kept * Real(scale - 1));
    }

    private static double Product(Tensor one, Tensor other) => (one * other).sum(ScalarType.Float64).Read<double>();
}
