using System.Text.Json.Serialization;

namespace LdmMl.Cli.Output;

/// <summary>How close an image is to its original.</summary>
/// <param name="Image">The file's name.</param>
/// <param name="Psnr">PSNR, dB.</param>
/// <param name="Ssim">SSIM, at most 1.</param>
/// <param name="PerceptualDistance">How different they look, 0 for equal images; null if it was not asked for.</param>
internal sealed record ImageScore(
    string Image, double Psnr, double Ssim, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? PerceptualDistance = null)
{
    /// <summary>Gets the means of all scores; an infinite PSNR, that of equal images, is not part of them unless there is no other.</summary>
    public static ImageScore Mean(IReadOnlyCollection<ImageScore> scores) => new(
        "mean", scores.Where(score => double.IsFinite(score.Psnr)).Select(score => score.Psnr).DefaultIfEmpty(double.PositiveInfinity).Average(),
        scores.Average(score => score.Ssim), scores.Average(score => score.PerceptualDistance));

    /// <summary>Says how many equal images are left out of the mean PSNR, if any.</summary>
    public static void ExplainMean(IReadOnlyCollection<ImageScore> scores)
    {
        var equal = scores.Count(score => double.IsPositiveInfinity(score.Psnr));
        var verb = equal == 1 ? "equals its original" : "equal their originals";
        if (equal > 0)
            Terminal.Message($"{equal} of {Counted.Of(scores.Count, "image")} {verb}: an infinite PSNR is not part of the mean.");
    }
}
