namespace FirstStageObjectives;

/// <summary>How close reconstructions are to their originals, each score a mean over the images.</summary>
/// <param name="Psnr">In dB; higher is closer.</param>
/// <param name="Ssim">At most 1; higher is closer.</param>
/// <param name="Distance">The perceptual distance of the trunk that two of the trainings use; lower is closer.</param>
/// <param name="Sharpness">
/// The steepness of the reconstruction's edges relative to the original; below 1 is blurred. No training optimises it.
/// </param>
internal sealed record Scores(double Psnr, double Ssim, double Distance, double Sharpness);
