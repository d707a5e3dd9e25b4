using System.Globalization;
using System.Runtime.InteropServices;
using LdmMl.Torch.Metrics;
using LdmMl.Torch.Metrics.Statistics;

namespace LdmMl.Evaluation;

/// <summary>Computes means, intervals and warnings from the scores of rows.</summary>
internal static class ReconstructionSummary
{
    /// <exception cref="ArgumentException">There are no pairs.</exception>
    public static ReconstructionMetrics Of(ReconstructionStatistics rows, BootstrapOptions bootstrap)
    {
        if (rows.Count == 0)
        {
            throw new ArgumentException(rows.MissingCount == 0
                ? "There are no rows; there is nothing to measure."
                : $"All {rows.MissingCount} rows lack an image; there is nothing to measure.");
        }

        var absolute = Mean(rows.AbsoluteErrors, bootstrap)!;
        var frechet = rows.References?.Moments.FrechetDistance(rows.Candidates!.Moments);
        var settings = ReconstructionSettings.With(rows.Settings, bootstrap);
        return new ReconstructionMetrics
        {
            MeanAbsoluteErrorInterval = absolute,
            RootMeanSquaredErrorInterval = Root(Mean(rows.SquaredErrors, bootstrap)!),
            PsnrInterval = Mean(rows.Psnr, bootstrap),
            SsimInterval = Mean(rows.Ssim, bootstrap)!,
            MsSsimInterval = Mean(rows.MsSsim, bootstrap),
            PerceptualDistanceInterval = Mean(rows.PerceptualDistances, bootstrap),
            PerceptualDistanceName = rows.PerceptualName,
            FrechetDistance = frechet?.Distance,
            FrechetDistanceName = DistanceName(rows),
            Count = rows.Count,
            MissingCount = rows.MissingCount,
            EqualCount = rows.Count - rows.Psnr.Count,
            Warnings = [.. Warnings(rows, absolute), .. EvaluationWarnings.Named((DistanceName(rows) ?? "", frechet?.Warning))],
            Settings = settings.Values,
            SettingsFingerprint = settings.Fingerprint,
        };
    }

    // Null where no row has a score.
    private static BootstrapInterval? Mean(List<double> scores, BootstrapOptions bootstrap) =>
        scores.Count == 0 ? null : BootstrapInterval.OfMean(CollectionsMarshal.AsSpan(scores), bootstrap);

    // The root is monotone: the bounds of the mean square are those of its root.
    private static BootstrapInterval Root(BootstrapInterval squared) => squared with
    {
        Estimate = Math.Sqrt(squared.Estimate),
        Lower = Math.Sqrt(squared.Lower),
        Upper = Math.Sqrt(squared.Upper),
    };

    private static string? DistanceName(ReconstructionStatistics rows) => rows.References?.Features switch
    {
        null => null,
        { IsInception: true } => "rFID",
        var features => $"reconstruction Fréchet distance ({features.Name})",
    };

    private static IEnumerable<string> Warnings(ReconstructionStatistics rows, BootstrapInterval interval)
    {
        string?[] all =
        [
            rows.References?.Features.Caution,
            EvaluationWarnings.Missing(rows.MissingCount, "row"),
            interval.Warning,
            Pairs(rows.Count - rows.Psnr.Count, "equal in every pixel: an infinite PSNR is not part of the mean."),
            Pairs(rows.Count - rows.MsSsim.Count, "too small for MS-SSIM and not part of its mean."),
            rows.References is null ? null : ImageSizes.Warning(rows.References.Sizes, rows.Candidates!.Sizes),
        ];
        return all.OfType<string>();
    }

    private static string? Pairs(long count, string what) =>
        count == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? "pair is" : "pairs are")} {what}");
}
