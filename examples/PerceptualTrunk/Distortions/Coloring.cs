namespace PerceptualTrunk.Distortions;

/// <summary>Changes the colour but not the brightness (ITU-R 601-2 luma), as far as the result is a valid colour.</summary>
internal static class Coloring
{
    public static RgbImage Saturate(RgbImage image, double share) => image.Map((x, y, channel) =>
    {
        var luma = Luma(image, x, y);
        return luma + share * (image.At(x, y, channel) - luma);
    });

    public static RgbImage RotateHue(RgbImage image, double degrees)
    {
        var (sine, cosine) = Math.SinCos(degrees * Math.PI / 180);
        return image.Map((x, y, channel) =>
        {
            // Rotates the plane of the two colour differences (blue - luma, red - luma); luma is unchanged.
            var luma = Luma(image, x, y);
            var blue = 0.564 * (image.At(x, y, 2) - luma);
            var red = 0.713 * (image.At(x, y, 0) - luma);
            var (turnedBlue, turnedRed) = (cosine * blue - sine * red, sine * blue + cosine * red);
            return channel switch
            {
                0 => luma + turnedRed / 0.713,
                2 => luma + turnedBlue / 0.564,
                _ => luma - (0.299 * turnedRed / 0.713 + 0.114 * turnedBlue / 0.564) / 0.587,
            };
        });
    }

    private static double Luma(RgbImage image, int x, int y) => 0.299 * image.At(x, y, 0) + 0.587 * image.At(x, y, 1) + 0.114 * image.At(x, y, 2);
}
