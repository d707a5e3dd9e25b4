using LdmMl.Cli.Gates;

namespace LdmMl.Cli.Comparing;

/// <summary>All that the report, the terminal and the JSON say.</summary>
internal sealed record ComparisonResult
{
    public required ModelSide First { get; init; }

    public required ModelSide Second { get; init; }

    public required ComparisonSettings Settings { get; init; }

    public required IReadOnlyList<MetricComparison> Metrics { get; init; }

    public required IReadOnlyList<GateVerdict> Gates { get; init; }

    public required MeasuredImages Measured { get; init; }

    /// <summary>Gets the warnings that a reader needs before the figures.</summary>
    public IEnumerable<string> Warnings
    {
        get
        {
            if (Measured.Images.Count < Measured.FileCount)
                yield return $"{Measured.Images.Count} of {Measured.FileCount} image files were compared.{Interruption}";
            if (First.WeightHash == Second.WeightHash)
                yield return "Both models have the same weights.";
            foreach (var metric in Metrics.Where(metric => metric.LeftOut > 0))
            {
                yield return $"{metric.Metric.Title}: {metric.LeftOut} of {Measured.Images.Count} images are excluded, because a value is not finite "
                    + "(an exact reconstruction has an infinite PSNR).";
            }
            if (Metrics.Select(metric => metric.Pairs?.Difference.Warning).FirstOrDefault(warning => warning is not null) is { } few)
                yield return few;
        }
    }

    private string Interruption => Measured.IsComplete ? "" : " The run was interrupted, so no gate was judged.";
}
