namespace PerceptualTrunk.Judging;

/// <summary>What three measures say of distorted images, one value for each image.</summary>
/// <param name="Psnr">dB; higher is nearer to the original, infinite for the original itself.</param>
/// <param name="Distance">The perceptual distance, 0 for the original; lower is nearer.</param>
/// <param name="Ssim">At most 1; higher is nearer. Computed when first asked for.</param>
internal sealed record Verdicts(double[] Psnr, float[] Distance, Lazy<double[]> Ssim);
