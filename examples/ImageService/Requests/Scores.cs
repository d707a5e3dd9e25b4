namespace ImageService.Requests;

/// <summary>How close two images are: the answer of <c>POST /score</c>.</summary>
/// <param name="Psnr">Peak signal-to-noise ratio in dB; null for equal images, for which it is infinite.</param>
/// <param name="Ssim">Structural similarity, -1 to 1; 1 for equal images.</param>
/// <param name="Distance">Perceptual distance, 0 for equal images; null if the service has no network to measure it.</param>
internal sealed record Scores(float? Psnr, float Ssim, float? Distance)
{
    /// <summary>Returns null for what JSON cannot express.</summary>
    public static float? Finite(float number) => float.IsFinite(number) ? number : null;
}
