namespace LdmMl.Cli.Comparing;

/// <summary>What measuring the images gave.</summary>
/// <param name="Images">The scores of each.</param>
/// <param name="Ranking">The metric by which worst and best are chosen.</param>
/// <param name="Worst">The images that B makes worst in comparison with A, the worst first.</param>
/// <param name="Best">The images that B makes best in comparison, the best first.</param>
/// <param name="FileCount">How many files there were.</param>
/// <param name="IsComplete">Whether the end was reached, rather than an interruption.</param>
internal sealed record MeasuredImages(
    IReadOnlyList<ImageScores> Images, Metric Ranking, IReadOnlyList<ExampleImage> Worst, IReadOnlyList<ExampleImage> Best,
    int FileCount, bool IsComplete);
