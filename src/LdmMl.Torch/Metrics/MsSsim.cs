using System.Buffers;
using System.Numerics;

namespace LdmMl.Torch.Metrics;

/// <summary>
/// Multi-scale structural similarity (Wang et al. 2003, eq. 7): contrast and structure at five scales, each half the size of the one before, and
/// the full similarity at the last; 1 for identical images, at least 0.
/// </summary>
/// <remarks>
/// The weights of the scales are the paper's: 0.0448, 0.2856, 0.3001, 0.2363, 0.1333. Images are halved by the mean of 2x2 pixels, an odd last row or
/// column is left out. The mean of a scale is over the windows of all channels; a negative one counts as 0, as in torchmetrics.
/// Arithmetic is in double precision and the same on every processor; swapping the two images gives the same bits.
/// </remarks>
/// <example>
/// <code>
/// var pixels = image.Pixels.ToArray();                            // [H, W, 4], each side at least MsSsim.MinimumSize(SsimSettings.Wang2004)
/// var similarity = MsSsim.Compute(pixels, pixels, image.Width, image.Height, channels: 4, SsimSettings.Wang2004);
/// </code>
/// </example>
public static class MsSsim
{
    private static readonly double[] ScaleWeights = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];

    /// <summary>Computes the smallest side of an image: the window must fit into the last scale.</summary>
    /// <param name="settings">Window and constants; <see cref="SsimSettings.Wang2004"/> by default.</param>
    /// <returns>Pixels: 176 for a window of 11.</returns>
    public static int MinimumSize(SsimSettings? settings = null) => (settings ?? SsimSettings.Wang2004).WindowSize << (ScaleWeights.Length - 1);

    /// <summary>Compares two images of interleaved bytes; the range is 255.</summary>
    /// <param name="reference">Reference [H, W, C].</param>
    /// <param name="candidate">Candidate of the same shape.</param>
    /// <param name="width">Pixels in a row, at least <see cref="MinimumSize"/>.</param>
    /// <param name="height">Rows, at least <see cref="MinimumSize"/>.</param>
    /// <param name="channels">Channels, at least 1.</param>
    /// <param name="settings">
    /// Window and constants; <see cref="SsimSettings.Wang2004"/> by default. <see cref="SsimSettings.TorchMetrics"/> gives torchmetrics' values,
    /// whose last scale has mirrored borders.
    /// </param>
    /// <returns>The similarity, 0 to 1.</returns>
    /// <exception cref="ArgumentException">The sizes differ or do not fit the shape, the image is too small, or a setting is wrong.</exception>
    public static double Compute(
        ReadOnlySpan<byte> reference, ReadOnlySpan<byte> candidate, int width, int height, int channels, SsimSettings? settings = null)
    {
        settings ??= SsimSettings.Wang2004;
        Validate(reference.Length, candidate.Length, width, height, channels, settings);
        var means = new double[ScaleWeights.Length];
        for (var channel = 0; channel < channels; channel++)
            AddScales(new PlanePair<byte>(reference, candidate, channel, channels), width, height, settings, 255, means);
        return Combine(means, channels);
    }

    /// <summary>Compares two images of planar floats.</summary>
    /// <param name="reference">Reference [C, H, W].</param>
    /// <param name="candidate">Candidate of the same shape.</param>
    /// <param name="width">Pixels in a row, at least <see cref="MinimumSize"/>.</param>
    /// <param name="height">Rows, at least <see cref="MinimumSize"/>.</param>
    /// <param name="channels">Channels, at least 1.</param>
    /// <param name="dataRange">Largest possible value minus the smallest: 1 for [0, 1], 2 for [-1, 1].</param>
    /// <param name="settings">Window and constants; <see cref="SsimSettings.Wang2004"/> by default.</param>
    /// <returns>The similarity, 0 to 1; NaN when a value is NaN.</returns>
    /// <exception cref="ArgumentException">The sizes differ or do not fit the shape, the image is too small, or a setting is wrong.</exception>
    public static double Compute(
        ReadOnlySpan<float> reference, ReadOnlySpan<float> candidate, int width, int height, int channels, double dataRange, SsimSettings? settings = null)
    {
        settings ??= SsimSettings.Wang2004;
        ImagePairArguments.RequireDataRange(dataRange);
        Validate(reference.Length, candidate.Length, width, height, channels, settings);
        var (pixels, means) = (width * height, new double[ScaleWeights.Length]);
        for (var start = 0; start < reference.Length; start += pixels)
        {
            var planes = new PlanePair<float>(reference.Slice(start, pixels), candidate.Slice(start, pixels), channel: 0, channels: 1);
            AddScales(planes, width, height, settings, dataRange, means);
        }

        return Combine(means, channels);
    }

    private static double Combine(double[] sums, int channels)
    {
        var product = 1.0;
        for (var scale = 0; scale < sums.Length; scale++)
            product *= Math.Pow(Math.Max(0, sums[scale] / channels), ScaleWeights[scale]);
        return product;
    }

    private static void AddScales<T>(PlanePair<T> planes, int width, int height, SsimSettings settings, double dataRange, double[] sums)
        where T : unmanaged, INumberBase<T>
    {
        sums[0] += Scale<T, SsimContrast>(planes, width, height, settings, dataRange);
        var reference = ArrayPool<double>.Shared.Rent(width / 2 * (height / 2));
        var candidate = ArrayPool<double>.Shared.Rent(width / 2 * (height / 2));
        Halve(planes.Reference, planes.Channel, planes.Channels, width, height, reference);
        Halve(planes.Candidate, planes.Channel, planes.Channels, width, height, candidate);
        for (var scale = 1; scale < sums.Length; scale++)
        {
            (width, height) = (width / 2, height / 2);
            var halves = new PlanePair<double>(reference, candidate, channel: 0, channels: 1);
            if (scale == sums.Length - 1)
            {
                sums[scale] += Scale<double, SsimSimilarity>(halves, width, height, settings, dataRange);
                break;
            }

            sums[scale] += Scale<double, SsimContrast>(halves, width, height, settings, dataRange);

            // In place: each write is before the next read.
            Halve<double>(reference, channel: 0, channels: 1, width, height, reference);
            Halve<double>(candidate, channel: 0, channels: 1, width, height, candidate);
        }

        ArrayPool<double>.Shared.Return(reference);
        ArrayPool<double>.Shared.Return(candidate);
    }

    private static double Scale<T, TFormula>(PlanePair<T> planes, int width, int height, SsimSettings settings, double dataRange)
        where T : unmanaged, INumberBase<T>
        where TFormula : ISsimFormula
    {
        // torchmetrics mirrors the borders but leaves them out of the contrast again.
        var border = typeof(TFormula) == typeof(SsimSimilarity) ? settings.BorderWidth : 0;
        using var scan = new SsimScan(width, height, border, settings, dataRange);
        return scan.Mean<T, TFormula>(planes);
    }

    private static void Halve<T>(ReadOnlySpan<T> source, int channel, int channels, int width, int height, Span<double> target)
        where T : unmanaged, INumberBase<T>
    {
        var (half, step) = (width / 2, width * channels);
        for (var row = 0; row < height / 2; row++)
        {
            var upper = source.Slice(2 * row * step, step);
            var lower = source.Slice(((2 * row) + 1) * step, step);
            for (int column = 0, at = channel; column < half; column++, at += 2 * channels)
            {
                target[(row * half) + column] = 0.25 * ((double.CreateTruncating(upper[at]) + double.CreateTruncating(upper[at + channels]))
                    + (double.CreateTruncating(lower[at]) + double.CreateTruncating(lower[at + channels])));
            }
        }
    }

    private static void Validate(int referenceLength, int candidateLength, int width, int height, int channels, SsimSettings settings)
    {
        ImagePairArguments.RequireSameSize(referenceLength, candidateLength);
        ImagePairArguments.RequireShape(referenceLength, width, height, channels);
        settings.Validate();
        var needed = MinimumSize(settings);
        if (Math.Min(width, height) < needed)
        {
            throw new ArgumentException(
                $"The images are {width}x{height}; MS-SSIM halves them four times and its {settings.WindowSize}x{settings.WindowSize} window needs "
                + $"{needed} pixels a side. Use larger images, settings with a smaller window, or SSIM.");
        }
    }
}
