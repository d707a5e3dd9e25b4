namespace PerceptualTrunk.Distortions;

/// <summary>A distortion of images, in grades that a viewer would put in the same order.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Unit">The unit of the grades.</param>
/// <param name="Grades">Its grades, the mildest first.</param>
/// <param name="Apply">Distorts an image by a grade.</param>
internal sealed record Distortion(string Name, string Unit, IReadOnlyList<double> Grades, Func<RgbImage, double, RgbImage> Apply)
{
    public static Distortion Blur { get; } = new("Gaussian blur", "sigma, pixels", [0.5, 0.75, 1, 1.5, 2.5], Blurring.Apply);

    public static Distortion Noise { get; } = new("Gaussian noise", "sigma of 255", [4, 8, 16, 32, 64], Noising.Apply);

    public static Distortion Jpeg { get; } = new("JPEG", "quality", [90, 70, 40, 20, 8], Compressing.Apply);

    public static Distortion Shift { get; } = new(
        "shift", "pixels", [1, 2, 3, 4], (image, grade) => image.Map((x, y, channel) => image.At(x - (int)grade, y, channel)));

    public static Distortion Hue { get; } = new("colour: hue", "degrees", [10, 20, 40, 80], Coloring.RotateHue);

    public static Distortion Saturation { get; } = new("colour: saturation", "share kept", [0.8, 0.6, 0.3, 0], Coloring.Saturate);

    public static IReadOnlyList<Distortion> All { get; } = [Blur, Noise, Jpeg, Shift, Hue, Saturation];
}
