using Microsoft.ML.Data;

namespace ImageService.Engines;

/// <summary>A reconstruction and how close it is to the original.</summary>
internal sealed class ReconstructedRow
{
    [ImageOfAnySize]
    public MLImage Reconstruction { get; set; } = null!;

    public float Psnr { get; set; }

    public float Ssim { get; set; }
}
