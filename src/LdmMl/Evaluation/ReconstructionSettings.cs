using LdmMl.Torch.Metrics.Statistics;

namespace LdmMl.Evaluation;

/// <summary>What the scores of reconstructions depend on besides the images.</summary>
internal static class ReconstructionSettings
{
    public static SettingsRecord Of(ReconstructionEvaluationOptions options)
    {
        return new SettingsRecord()
            .With("ssim", options.Ssim)
            .With("msSsim", options.MsSsim)
            .With("background", options.Background.ToString())
            .With("perceptual", options.PerceptualModel?.Fingerprint)
            .With("features", options.FeatureModel?.Name)
            .With("featureModel", options.FeatureModel?.Fingerprint);
    }

    /// <summary>Adds what the intervals depend on.</summary>
    public static SettingsRecord With(SettingsRecord scores, BootstrapOptions bootstrap)
    {
        var settings = new SettingsRecord();
        foreach ((var name, var value) in scores.Values)
            settings.With(name, value);
        return settings.With("bootstrap", bootstrap);
    }
}
