namespace LdmMl.Cli.Comparing;

/// <summary>The scores of one image.</summary>
/// <param name="Image">The file's name.</param>
/// <param name="First">Those of A's reconstruction, in the order of the metrics.</param>
/// <param name="Second">Those of B's.</param>
internal sealed record ImageScores(string Image, double[] First, double[] Second);
