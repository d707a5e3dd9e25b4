namespace PerceptualTrunk.Distortions;

/// <summary>Gaussian blur, first along rows and then along columns.</summary>
internal static class Blurring
{
    public static RgbImage Apply(RgbImage image, double sigma)
    {
        var weights = Weights(sigma);
        var reach = weights.Length / 2;
        var rows = new double[image.Pixels.Length];
        for (var index = 0; index < rows.Length; index++)
        {
            var (x, y, channel) = (index / 3 % image.Width, index / 3 / image.Width, index % 3);
            for (var tap = -reach; tap <= reach; tap++)
                rows[index] += weights[tap + reach] * image.At(x + tap, y, channel);
        }
        return image.Map((x, y, channel) =>
        {
            var sum = 0.0;
            for (var tap = -reach; tap <= reach; tap++)
                sum += weights[tap + reach] * rows[(Math.Clamp(y + tap, 0, image.Height - 1) * image.Width + x) * 3 + channel];
            return sum;
        });
    }

    private static double[] Weights(double sigma)
    {
        var reach = (int)Math.Ceiling(3 * sigma);
        var weights = Enumerable.Range(-reach, 2 * reach + 1).Select(tap => Math.Exp(-0.5 * tap * tap / (sigma * sigma))).ToArray();
        var sum = weights.Sum();
        return [.. weights.Select(weight => weight / sum)];
    }
}
