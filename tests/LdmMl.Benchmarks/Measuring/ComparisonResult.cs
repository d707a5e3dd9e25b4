namespace LdmMl.Benchmarks.Measuring;

/// <summary>What the rounds of a comparison gave.</summary>
/// <param name="Comparison">What was compared.</param>
/// <param name="SubjectMilliseconds">The subject's median time.</param>
/// <param name="PeerMilliseconds">The peer's median time.</param>
/// <param name="Ratio">The median of the per-round ratios.</param>
/// <param name="LowerQuartile">Their lower quartile.</param>
/// <param name="UpperQuartile">Their upper quartile.</param>
/// <param name="PeakMegabytes">The subject's peak resident memory.</param>
/// <param name="Remark">What the subject says of itself.</param>
/// <param name="Rounds">How many rounds counted.</param>
/// <param name="DisturbedRounds">How many rounds were left out because other programs used the processors.</param>
internal sealed record ComparisonResult(
    Comparison Comparison, double SubjectMilliseconds, double PeerMilliseconds, double Ratio, double LowerQuartile, double UpperQuartile,
    double PeakMegabytes, string Remark, int Rounds, int DisturbedRounds);
