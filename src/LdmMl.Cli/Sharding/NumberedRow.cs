namespace LdmMl.Cli.Sharding;

/// <summary>A row of a job with its place among all rows.</summary>
/// <param name="Number">The place, from 0.</param>
/// <param name="Row">What was computed.</param>
internal sealed record NumberedRow<T>(int Number, T Row);
