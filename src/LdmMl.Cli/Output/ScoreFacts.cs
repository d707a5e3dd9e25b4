namespace LdmMl.Cli.Output;

/// <summary>What <c>ldmml score</c> reports besides scores.</summary>
/// <param name="Perceptual">The perceptual distance; null for none.</param>
/// <param name="MissingCandidates">Names in the reference folder alone.</param>
/// <param name="MissingReferences">Names in the candidate folder alone.</param>
internal sealed record ScoreFacts(PerceptualFacts? Perceptual, IReadOnlyList<string> MissingCandidates, IReadOnlyList<string> MissingReferences);
