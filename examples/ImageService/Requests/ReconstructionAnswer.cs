namespace ImageService.Requests;

/// <summary>A reconstruction as JSON.</summary>
/// <param name="Width">Width in pixels, that of the image that was sent.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Psnr">Peak signal-to-noise ratio in dB; null if nothing is lost.</param>
/// <param name="Ssim">Structural similarity.</param>
/// <param name="Png">The PNG file; base64 in JSON.</param>
internal sealed record ReconstructionAnswer(int Width, int Height, float? Psnr, float Ssim, byte[] Png);
