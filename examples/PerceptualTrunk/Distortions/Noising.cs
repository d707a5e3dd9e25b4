namespace PerceptualTrunk.Distortions;

/// <summary>Gaussian noise: the same pattern for every grade and image, so that grades differ only in strength.</summary>
internal static class Noising
{
    public static RgbImage Apply(RgbImage image, double sigma)
    {
        var random = new Random(1);
        return image.Map((x, y, channel) => image.At(x, y, channel) + sigma * Normal(random));
    }

    // Box and Muller 1958.
    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
