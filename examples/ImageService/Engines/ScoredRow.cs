namespace ImageService.Engines;

/// <summary>How close two images are.</summary>
internal sealed class ScoredRow
{
    public float Psnr { get; set; }

    public float Ssim { get; set; }

    /// <summary>Gets or sets the perceptual distance; NaN if there is no network to measure it.</summary>
    public float Distance { get; set; } = float.NaN;
}
