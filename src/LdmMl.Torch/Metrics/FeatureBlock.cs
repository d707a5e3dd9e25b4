using static TorchSharp.torch;

namespace LdmMl.Torch.Metrics;

/// <summary>A range of a sample's rows. Matrices over all pairs are processed block by block, so that memory does not grow quadratically.</summary>
internal sealed record FeatureBlock(int Start, int Count)
{
    private const int Side = 1024;

    /// <summary>Splits the held rows of a sample into blocks.</summary>
    public static IEnumerable<FeatureBlock> Of(FeatureSample sample)
    {
        for (var start = 0; start < sample.HeldCount; start += Side)
            yield return new(start, Math.Min(Side, sample.HeldCount - start));
    }

    /// <summary>Pairs every block of one sample with every block of another.</summary>
    public static IEnumerable<(FeatureBlock First, FeatureBlock Second)> Pairs(FeatureSample first, FeatureSample second) =>
        from one in Of(first) from other in Of(second) select (one, other);

    /// <exception cref="ArgumentException">The dimensions differ.</exception>
    /// <exception cref="InvalidOperationException">A sample has no rows.</exception>
    public static void RequireComparable(FeatureSample first, FeatureSample second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        FeatureRows.RequireSameDimensions(first.Dimensions, second.Dimensions);
        first.RequireRows();
        second.RequireRows();
    }

    /// <summary>Returns the block's rows, [Count, D] in double precision. The caller disposes them.</summary>
    public Tensor Rows(FeatureSample sample) => sample.Rows(Start, Count);
}
