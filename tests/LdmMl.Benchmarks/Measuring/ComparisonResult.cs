namespace LdmMl.Benchmarks.Measuring;

/// <summary>The result of a comparison.</summary>
/// <param name="Comparison">What was compared.</param>
/// <param name="SubjectMilliseconds">The subject's median time.</param>
/// <param name="PeerMilliseconds">The peer's median time.</param>
/// <param name="Ratio">The median of the per-round ratios.</param>
/// <param name="LowerQuartile">Their lower quartile.</param>
/// <param name="UpperQuartile">Their upper quartile.</param>
/// <param name="PeakMegabytes">The subject's peak resident memory.</param>
/// <param name="Remark">The subject's remark.</param>
/// <param name="Rounds">The number of rounds that count.</param>
/// <param name="DisturbedRounds">The number of rounds that were discarded because other programs used the processors.</param>
internal sealed record ComparisonResult(
    Comparison Comparison, double SubjectMilliseconds, double PeerMilliseconds, double Ratio, double LowerQuartile, double UpperQuartile,
    double PeakMegabytes, string Remark, int Rounds, int DisturbedRounds);
