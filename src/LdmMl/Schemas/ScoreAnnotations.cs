namespace LdmMl;

/// <summary>
/// The names of the annotations that columns of scores carry, so that a score says how it was computed:
/// <c>schema["Ssim"].Annotations.GetValue(ScoreAnnotations.Fingerprint, ref text)</c>.
/// </summary>
public static class ScoreAnnotations
{
    /// <summary>
    /// A text that is the same for columns whose values can be compared and different for all others: the metric, then its settings, as in
    /// <c>ssim;pixels=rgb8;background=#FFFFFF;window=gaussian;size=11;sigma=1.5;covariance=population;border=inside;k1=0.01;k2=0.03</c>.
    /// </summary>
    public const string Fingerprint = "ScoreFingerprint";

    /// <summary>The name of a perceptual distance, text: <c>LPIPS 0.1 (VGG-16)</c>, or <c>uncalibrated perceptual distance (emoji-vgg)</c>.</summary>
    public const string PerceptualModel = "PerceptualModel";

    /// <summary>The network whose activations a perceptual distance compares, text: <c>VGG-16</c>.</summary>
    public const string PerceptualNetwork = "PerceptualNetwork";

    /// <summary>The version of LPIPS, text: <c>0.1</c> or <c>0.0</c>; empty if the distance is uncalibrated.</summary>
    public const string PerceptualVersion = "PerceptualVersion";

    /// <summary>Whether a perceptual distance was fitted to people's judgements, Boolean; only then is it LPIPS.</summary>
    public const string PerceptualIsCalibrated = "PerceptualIsCalibrated";

    /// <summary>The range of the pixel values that the network was given, text: the name of a <see cref="Torch.Tensors.PixelRange"/>.</summary>
    public const string PerceptualPixelRange = "PerceptualPixelRange";
}
