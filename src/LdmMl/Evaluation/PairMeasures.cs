namespace LdmMl.Evaluation;

/// <summary>The pixel metrics of one pair of images.</summary>
/// <param name="AbsoluteError">Mean absolute difference of pixel values in [0, 1].</param>
/// <param name="SquaredError">Mean squared difference of pixel values in [0, 1].</param>
/// <param name="Psnr">Peak signal-to-noise ratio in dB; infinite for equal images.</param>
/// <param name="Ssim">Structural similarity.</param>
/// <param name="MsSsim">Multi-scale structural similarity; null if the images are too small for it.</param>
internal sealed record PairMeasures(double AbsoluteError, double SquaredError, double Psnr, double Ssim, double? MsSsim);
