using LdmMl.Torch.Metrics;

namespace PerceptualTrunk.Distortions;

/// <summary>
/// Darkens a whole image until its mean squared error equals that of another distortion: a viewer hardly minds, at the same PSNR.
/// </summary>
internal static class Darkening
{
    /// <summary>Darkens an image.</summary>
    /// <param name="image">The original.</param>
    /// <param name="distorted">The image whose error is to be reached.</param>
    public static RgbImage ToErrorOf(RgbImage image, RgbImage distorted)
    {
        var wanted = Psnr.MeanSquaredError(image.Pixels, distorted.Pixels);
        var (low, high) = (0.0, 255.0);
        for (var turn = 0; turn < 30; turn++)
        {
            var middle = (low + high) / 2;
            if (Psnr.MeanSquaredError(image.Pixels, Apply(image, middle).Pixels) < wanted)
                low = middle;
            else
                high = middle;
        }
        return Apply(image, high);
    }

    // Multiplication keeps black black, as less light does.
    private static RgbImage Apply(RgbImage image, double amount) =>
        image.Map((x, y, channel) => image.At(x, y, channel) * (1 - amount / 255));
}
