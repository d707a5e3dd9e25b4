using LdmMl.Torch.Metrics.Statistics;

namespace LdmMl.Cli.Comparing;

/// <summary>One metric of both models over all images.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="First">A's values.</param>
/// <param name="Second">B's values of the same images.</param>
/// <param name="LeftOut">How many images are left out because a value is not finite, such as the PSNR of an exact reconstruction.</param>
/// <param name="Pairs">The comparison; null if no image is left.</param>
internal sealed record MetricComparison(Metric Metric, double[] First, double[] Second, int LeftOut, PairedComparison? Pairs)
{
    // The usual bound. Interval and test must agree before a difference is called clear.
    private const double Level = 0.05;

    /// <summary>Compares the scores of images.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="images">The images with the scores of all metrics.</param>
    /// <param name="index">Where the metric is among them.</param>
    public static MetricComparison Of(Metric metric, IReadOnlyCollection<ImageScores> images, int index)
    {
        var kept = images.Where(image => double.IsFinite(image.First[index]) && double.IsFinite(image.Second[index])).ToArray();
        var first = Array.ConvertAll(kept, image => image.First[index]);
        var second = Array.ConvertAll(kept, image => image.Second[index]);
        return new(metric, first, second, images.Count - kept.Length, kept.Length == 0 ? null : PairedComparison.Of(first, second));
    }

    /// <summary>Gets what the comparison says about B.</summary>
    public Finding Finding
    {
        get
        {
            if (Pairs is not { } pairs || pairs.PValue > Level || pairs.Difference.Lower * pairs.Difference.Upper <= 0)
                return Finding.Unclear;
            return Metric.Worsening(pairs.First.Estimate, pairs.Second.Estimate) > 0 ? Finding.Worse : Finding.Better;
        }
    }

    /// <summary>Gets how many images B makes better.</summary>
    public int Better => Pairs is null ? 0 : Metric.HigherIsBetter ? Pairs.Increased : Pairs.Decreased;

    /// <summary>Gets how many images B makes worse.</summary>
    public int Worse => Pairs is null ? 0 : Metric.HigherIsBetter ? Pairs.Decreased : Pairs.Increased;
}
