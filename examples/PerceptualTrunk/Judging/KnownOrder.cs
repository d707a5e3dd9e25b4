using PerceptualTrunk.Distortions;

namespace PerceptualTrunk.Judging;

/// <summary>Two distortions of which one is clearly milder.</summary>
/// <param name="MilderName">The name of the milder one.</param>
/// <param name="Milder">The milder one.</param>
/// <param name="WorseName">The name of the worse one.</param>
/// <param name="Worse">The worse one.</param>
internal sealed record KnownOrder(string MilderName, Func<RgbImage, RgbImage> Milder, string WorseName, Func<RgbImage, RgbImage> Worse)
{
    public static IReadOnlyList<KnownOrder> All { get; } =
    [
        Moved(1, Distortion.Blur, 1.5),
        Moved(2, Distortion.Blur, 2.5),
        Moved(1, Distortion.Jpeg, 8),
        Darkened(Distortion.Blur, 1),
        Darkened(Distortion.Blur, 2.5),
        Darkened(Distortion.Noise, 32),
        Darkened(Distortion.Jpeg, 8),
    ];

    private static KnownOrder Moved(int pixels, Distortion worse, double grade) => new(
        $"moved by {pixels} px", image => Distortion.Shift.Apply(image, pixels), Name(worse, grade), image => worse.Apply(image, grade));

    private static KnownOrder Darkened(Distortion worse, double grade) => new(
        "darkened to the same PSNR",
        image => Darkening.ToErrorOf(image, worse.Apply(image, grade)),
        Name(worse, grade),
        image => worse.Apply(image, grade));

    private static string Name(Distortion distortion, double grade) => $"{distortion.Name} {grade} ({distortion.Unit})";
}
