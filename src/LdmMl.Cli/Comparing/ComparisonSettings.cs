namespace LdmMl.Cli.Comparing;

/// <summary>What was requested, as the report states it.</summary>
/// <param name="CommandLine">The command line as the user gave it.</param>
/// <param name="Version">The version of the tool.</param>
/// <param name="Images">The folder of images, as given.</param>
/// <param name="Size">How images were brought to a size.</param>
/// <param name="Precision">The number format of the networks.</param>
/// <param name="Convolutions">How all networks convolved: the value of <c>--convolutions</c>.</param>
/// <param name="Perceptual">The perceptual model and its weights; null if none was given.</param>
/// <param name="Examples">How many images are shown of each kind.</param>
internal sealed record ComparisonSettings(
    string CommandLine, string Version, string Images, string Size, string Precision, string Convolutions, string? Perceptual, int Examples);
