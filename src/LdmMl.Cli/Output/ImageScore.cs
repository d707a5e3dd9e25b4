namespace LdmMl.Cli.Output;

/// <summary>How close a reconstruction is to its image.</summary>
/// <param name="Image">The file's name.</param>
/// <param name="Psnr">PSNR, dB.</param>
/// <param name="Ssim">SSIM, at most 1.</param>
internal sealed record ImageScore(string Image, double Psnr, double Ssim);
