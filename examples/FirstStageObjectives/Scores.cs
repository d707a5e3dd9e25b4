namespace FirstStageObjectives;

/// <summary>How near reconstructions are to their originals, each a mean over the images.</summary>
/// <param name="Psnr">dB; higher is nearer.</param>
/// <param name="Ssim">At most 1; higher is nearer.</param>
/// <param name="Distance">The perceptual distance by the trunk that two of the trainings use; lower is nearer.</param>
/// <param name="Sharpness">
/// The steepness of the reconstruction's edges as a share of the original's; below 1 is blurred. No training optimises it.
/// </param>
internal sealed record Scores(double Psnr, double Ssim, double Distance, double Sharpness);
