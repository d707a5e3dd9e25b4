using System.Text.Json.Serialization;

namespace LdmMl.Cli.Output;

/// <summary>How close an image is to its original.</summary>
/// <param name="Image">The file's name.</param>
/// <param name="Psnr">PSNR, dB.</param>
/// <param name="Ssim">SSIM, at most 1.</param>
/// <param name="PerceptualDistance">How different they look, 0 for equal images; null where it was not asked for.</param>
internal sealed record ImageScore(
    string Image, double Psnr, double Ssim, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? PerceptualDistance = null)
{
    /// <summary>Gives the means of all scores.</summary>
    public static ImageScore Mean(IReadOnlyCollection<ImageScore> scores) => new(
        "mean", scores.Average(score => score.Psnr), scores.Average(score => score.Ssim), scores.Average(score => score.PerceptualDistance));
}
