using Microsoft.ML.Data;

namespace LdmMl.Cli.Pipelines;

/// <summary>One image and what the autoencoder made of it.</summary>
/// <param name="Path">The image file.</param>
/// <param name="Original">The image as the autoencoder saw it.</param>
/// <param name="Reconstruction">What it made of it.</param>
/// <param name="Psnr">PSNR, dB.</param>
/// <param name="Ssim">SSIM, at most 1.</param>
internal sealed record ReconstructedImage(string Path, MLImage Original, MLImage Reconstruction, double Psnr, double Ssim);
