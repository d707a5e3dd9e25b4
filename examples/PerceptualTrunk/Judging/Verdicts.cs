namespace PerceptualTrunk.Judging;

/// <summary>The results of three measures for distorted images, one value per image.</summary>
/// <param name="Psnr">In dB; higher is closer to the original, infinite for the original itself.</param>
/// <param name="Distance">The perceptual distance, 0 for the original; lower is closer.</param>
/// <param name="Ssim">At most 1; higher is closer. Computed lazily.</param>
internal sealed record Verdicts(double[] Psnr, float[] Distance, Lazy<double[]> Ssim);
