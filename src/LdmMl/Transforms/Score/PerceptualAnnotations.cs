namespace LdmMl;

/// <summary>
/// The names of the annotations that <c>ScorePerceptualDistance</c> gives its columns, so that a score says where it comes from:
/// <c>schema["PerceptualDistance"].Annotations.GetValue(PerceptualAnnotations.Model, ref text)</c>.
/// Whether two columns compare is said by <see cref="ScoreAnnotations.Fingerprint"/>, which they carry too.
/// </summary>
public static class PerceptualAnnotations
{
    /// <summary>What is measured, text: <c>LPIPS 0.1 (VGG-16)</c>, or <c>uncalibrated perceptual distance (emoji-vgg)</c>.</summary>
    public const string Model = "PerceptualModel";

    /// <summary>The network whose activations are compared, text: <c>VGG-16</c>.</summary>
    public const string Network = "PerceptualNetwork";

    /// <summary>The version of LPIPS, text: <c>0.1</c> or <c>0.0</c>; empty where the distance is uncalibrated.</summary>
    public const string Version = "PerceptualVersion";

    /// <summary>Whether the distance was fitted to people's judgements, Boolean; only then it is LPIPS.</summary>
    public const string IsCalibrated = "PerceptualIsCalibrated";

    /// <summary>The range of the pixel values that the network was given, text: the name of a <see cref="Torch.Tensors.PixelRange"/>.</summary>
    public const string PixelRange = "PerceptualPixelRange";
}
