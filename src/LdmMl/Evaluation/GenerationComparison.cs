using LdmMl.Torch.Metrics;

namespace LdmMl.Evaluation;

/// <summary>Computes the figures that compare two sets.</summary>
internal static class GenerationComparison
{
    /// <exception cref="ArgumentException">The sets have different features, or one is empty.</exception>
    public static GenerationMetrics Compare(FeatureSetStatistics real, FeatureSetStatistics generated, GenerationEvaluationOptions options)
    {
        real.Features.RequireSame(generated.Features);
        RequireRows(real, "real");
        RequireRows(generated, "generated");
        var frechet = real.Moments.FrechetDistance(generated.Moments);
        var kernel = KernelDistance.Compute(real.Sample, generated.Sample, options.Kernel);
        var precision = PrecisionRecall.Compute(real.Sample, generated.Sample, options.PrecisionNeighbours);
        var density = DensityCoverage.Compute(real.Sample, generated.Sample, options.DensityNeighbours);
        var settings = Settings(real, options);
        return new GenerationMetrics
        {
            FrechetDistance = frechet.Distance,
            FrechetDistanceName = real.Features.DistanceName,
            KernelDistance = kernel.Distance,
            KernelDistanceName = real.Features.KernelDistanceName,
            KernelDistanceStandardDeviation = kernel.StandardDeviation,
            Precision = precision.Precision,
            Recall = precision.Recall,
            Density = density.Density,
            Coverage = density.Coverage,
            RealCount = real.Count,
            GeneratedCount = generated.Count,
            RealSampleCount = real.Sample.HeldCount,
            GeneratedSampleCount = generated.Sample.HeldCount,
            RealMissingCount = real.MissingCount,
            GeneratedMissingCount = generated.MissingCount,
            FeatureName = real.FeatureName,
            Warnings =
            [
                .. Warnings(real, generated),
                .. EvaluationWarnings.Named((real.Features.DistanceName, frechet.Warning), (real.Features.KernelDistanceName, kernel.Warning)),
                .. EvaluationWarnings.Named(("Precision and recall", precision.Warning), ("Density and coverage", density.Warning)),
            ],
            Settings = settings.Values,
            SettingsFingerprint = settings.Fingerprint,
        };
    }

    private static void RequireRows(FeatureSetStatistics set, string which)
    {
        if (set.Count > 0)
            return;
        throw new ArgumentException(set.MissingCount == 0
            ? $"The {which} set has no rows; there is nothing to compare."
            : $"All {set.MissingCount} rows of the {which} set are missing values; there is nothing to compare.");
    }

    private static IEnumerable<string> Warnings(FeatureSetStatistics real, FeatureSetStatistics generated)
    {
        string?[] all =
        [
            real.Features.Caution,
            EvaluationWarnings.Missing(real.MissingCount, "real row"),
            EvaluationWarnings.Missing(generated.MissingCount, "generated row"),
            EvaluationWarnings.Sampled(real, "real"),
            EvaluationWarnings.Sampled(generated, "generated"),
            ImageSizes.Warning(real.Sizes, generated.Sizes),
        ];
        return all.OfType<string>();
    }

    private static SettingsRecord Settings(FeatureSetStatistics set, GenerationEvaluationOptions options) => new SettingsRecord()
        .With("features", set.FeatureName)
        .With("featureModel", set.FeatureFingerprint)
        .With("dimensions", set.Dimensions)
        .With("background", set.FeatureFingerprint is null ? null : options.Background.ToString())
        .With("sampleCapacity", set.Sample.Capacity)
        .With("seed", options.Seed)
        .With("kernel", options.Kernel)
        .With("precisionNeighbours", options.PrecisionNeighbours)
        .With("densityNeighbours", options.DensityNeighbours);
}
