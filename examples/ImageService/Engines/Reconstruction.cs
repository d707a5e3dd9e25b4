using Microsoft.ML.Data;

namespace ImageService.Engines;

/// <summary>A reconstruction and how close it is to the original.</summary>
/// <param name="Image">The image.</param>
/// <param name="Psnr">Peak signal-to-noise ratio in dB; null if it is infinite, because nothing is lost.</param>
/// <param name="Ssim">Structural similarity.</param>
internal sealed record Reconstruction(MLImage Image, float? Psnr, float Ssim) : IDisposable
{
    public void Dispose() => Image.Dispose();
}
