namespace LdmMl.Torch.Metrics;

/// <summary>Structural similarity (Wang et al. 2004, eq. 13): 1 for identical images, near 0 for unrelated ones, at least -1.</summary>
/// <remarks>
/// The mean is over the windows, then over the channels. Arithmetic is in double precision and the same on every processor;
/// swapping the two images gives the same bits.
/// </remarks>
/// <example>
/// <code>
/// var pixels = image.Pixels.ToArray();                            // [H, W, 4]
/// var similarity = Ssim.Compute(pixels, pixels, image.Width, image.Height, channels: 4);   // 1
/// </code>
/// </example>
public static class Ssim
{
    /// <summary>Compares two images of interleaved bytes; the range is 255.</summary>
    /// <param name="reference">Reference [H, W, C].</param>
    /// <param name="candidate">Candidate of the same shape.</param>
    /// <param name="width">Pixels in a row, at least the window's side.</param>
    /// <param name="height">Rows, at least the window's side.</param>
    /// <param name="channels">Channels, at least 1.</param>
    /// <param name="settings">Window and constants; <see cref="SsimSettings.ScikitImage"/> by default.</param>
    /// <returns>The mean similarity, -1 to 1.</returns>
    /// <exception cref="ArgumentException">The sizes differ or do not fit the shape, the image is smaller than the window, or a setting is
    /// wrong.</exception>
    public static double Compute(
        ReadOnlySpan<byte> reference, ReadOnlySpan<byte> candidate, int width, int height, int channels, SsimSettings? settings = null)
    {
        settings ??= SsimSettings.ScikitImage;
        Validate(reference.Length, candidate.Length, width, height, channels, settings);
        using var scan = new SsimScan(width, height, settings.BorderWidth, settings, dataRange: 255);
        var sum = 0.0;
        for (var channel = 0; channel < channels; channel++)
            sum += scan.Mean<byte, SsimSimilarity>(new(reference, candidate, channel, channels));
        return sum / channels;
    }

    /// <summary>Compares two images of planar floats.</summary>
    /// <param name="reference">Reference [C, H, W].</param>
    /// <param name="candidate">Candidate of the same shape.</param>
    /// <param name="width">Pixels in a row, at least the window's side.</param>
    /// <param name="height">Rows, at least the window's side.</param>
    /// <param name="channels">Channels, at least 1.</param>
    /// <param name="dataRange">Largest possible value minus the smallest: 1 for [0, 1], 2 for [-1, 1].</param>
    /// <param name="settings">Window and constants; <see cref="SsimSettings.ScikitImage"/> by default.</param>
    /// <returns>The mean similarity, -1 to 1; NaN when a value is NaN.</returns>
    /// <exception cref="ArgumentException">The sizes differ or do not fit the shape, the image is smaller than the window, or a setting is
    /// wrong.</exception>
    public static double Compute(
        ReadOnlySpan<float> reference, ReadOnlySpan<float> candidate, int width, int height, int channels, double dataRange, SsimSettings? settings = null)
    {
        settings ??= SsimSettings.ScikitImage;
        ImagePairArguments.RequireDataRange(dataRange);
        Validate(reference.Length, candidate.Length, width, height, channels, settings);
        using var scan = new SsimScan(width, height, settings.BorderWidth, settings, dataRange);
        var (pixels, sum) = (width * height, 0.0);
        for (var start = 0; start < reference.Length; start += pixels)
            sum += scan.Mean<float, SsimSimilarity>(new(reference.Slice(start, pixels), candidate.Slice(start, pixels), channel: 0, channels: 1));
        return sum / channels;
    }

    /// <summary>Computes the similarity of every pixel's neighbourhood of one channel, to show where two images differ.</summary>
    /// <param name="reference">Reference [H, W].</param>
    /// <param name="candidate">Candidate of the same shape.</param>
    /// <param name="width">Pixels in a row, at least the window's side.</param>
    /// <param name="height">Rows, at least the window's side.</param>
    /// <param name="dataRange">Largest possible value minus the smallest: 1 for [0, 1], 2 for [-1, 1].</param>
    /// <param name="settings">Window and constants; <see cref="SsimSettings.ScikitImage"/> by default.</param>
    /// <returns>
    /// The map [H, W], with mirrored borders whatever the settings say. Its mean is the similarity with <see cref="SsimBorder.Mirrored"/>;
    /// its mean without a border of half the window's size is the similarity with <see cref="SsimBorder.Inside"/>.
    /// </returns>
    /// <exception cref="ArgumentException">The sizes differ or do not fit the shape, the image is smaller than the window, or a setting is
    /// wrong.</exception>
    public static double[] Map(
        ReadOnlySpan<float> reference, ReadOnlySpan<float> candidate, int width, int height, double dataRange, SsimSettings? settings = null)
    {
        settings ??= SsimSettings.ScikitImage;
        ImagePairArguments.RequireDataRange(dataRange);
        Validate(reference.Length, candidate.Length, width, height, channels: 1, settings);
        using var scan = new SsimScan(width, height, settings.WindowSize / 2, settings, dataRange);
        var map = new double[width * height];
        scan.Map<float>(new(reference, candidate, channel: 0, channels: 1), map);
        return map;
    }

    private static void Validate(int referenceLength, int candidateLength, int width, int height, int channels, SsimSettings settings)
    {
        ImagePairArguments.RequireSameSize(referenceLength, candidateLength);
        ImagePairArguments.RequireShape(referenceLength, width, height, channels);
        settings.Validate();
        if (Math.Min(width, height) < settings.WindowSize)
        {
            throw new ArgumentException(
                $"The images are {width}x{height}, smaller than the {settings.WindowSize}x{settings.WindowSize} window of SSIM. " +
                $"Use larger images, or settings with a WindowSize of at most {Math.Min(width, height)}.");
        }
    }
}
