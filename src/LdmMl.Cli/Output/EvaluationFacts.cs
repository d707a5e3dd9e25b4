using LdmMl.Evaluation;

namespace LdmMl.Cli.Output;

/// <summary>What <c>ldmml evaluate</c> reports besides its figures, and what it takes to compute them from features.</summary>
/// <param name="CommandLine">The command line.</param>
/// <param name="Version">The version of the tool.</param>
/// <param name="Features">The feature model.</param>
/// <param name="Size">The side that images were brought to; null for none.</param>
/// <param name="Fit">How.</param>
/// <param name="Convolutions">How the network convolved.</param>
/// <param name="LeftOut">How many images could not be read.</param>
/// <param name="Seed">The seed of samples and subsets.</param>
/// <param name="RealCount">How many real images there are.</param>
/// <param name="Description">The features, as the metrics describe them.</param>
internal sealed record EvaluationFacts(
    string CommandLine, string Version, FeatureFacts Features, int? Size, string? Fit, string Convolutions, LeftOutCounts LeftOut, long Seed,
    int RealCount, FeatureDescription Description);
