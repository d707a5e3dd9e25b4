using LdmMl.Torch.Tensors;

namespace LdmMl.Cli.Comparing;

/// <summary>Where two reconstructions of an image differ from it.</summary>
/// <param name="Limit">The error at the end of the scale of both error maps, in levels of 255; larger ones have its colour.</param>
/// <param name="ChangeLimit">The change at both ends of the scale of the map of changes.</param>
/// <param name="First">The errors of A.</param>
/// <param name="Second">The errors of B, on the same scale.</param>
/// <param name="Change">The errors of B minus those of A.</param>
internal sealed record DifferenceMaps(int Limit, int ChangeLimit, Picture First, Picture Second, Picture Change)
{
    private static readonly int[] Limits = [2, 4, 8, 16, 32, 64, 128, 255];

    /// <summary>Creates the maps at the size at which the images are shown.</summary>
    public static DifferenceMaps Of(RgbImage original, RgbImage first, RgbImage second, (int Width, int Height) shown)
    {
        var (errors, others) = (Shrink(original.ErrorsOf(first), original, shown), Shrink(original.ErrorsOf(second), original, shown));
        var limit = LimitOf([.. errors, .. others]);
        var changeLimit = LimitOf([.. errors.Zip(others, (error, other) => (byte)Math.Abs(other - error))]);
        return new(
            limit,
            changeLimit,
            Draw(errors.Length, i => ColorRamp.Error.At(errors[i] / (double)limit), shown),
            Draw(errors.Length, i => ColorRamp.Error.At(others[i] / (double)limit), shown),
            Draw(errors.Length, i => ColorRamp.Change.At(0.5 + (others[i] - errors[i]) / (2.0 * changeLimit)), shown));
    }

    // A few outliers must not make everything else invisible; round limits can be compared from image to image.
    private static int LimitOf(byte[] errors)
    {
        Array.Sort(errors);
        var most = errors[(int)(0.995 * (errors.Length - 1))];
        return Limits.First(limit => limit >= most);
    }

    private static byte[] Shrink(byte[] errors, RgbImage image, (int Width, int Height) shown)
    {
        var result = new byte[shown.Width * shown.Height];
        ImageResizer.Resize(errors, image.Width, image.Height, result, shown.Width, shown.Height, channels: 1, ResizeFilter.Box);
        return result;
    }

    private static Picture Draw(int count, Func<int, (byte Red, byte Green, byte Blue)> colorAt, (int Width, int Height) size)
    {
        var colors = new byte[count * 3];
        for (var i = 0; i < count; i++)
            (colors[i * 3], colors[i * 3 + 1], colors[i * 3 + 2]) = colorAt(i);
        return Picture.Of(colors, size.Width, size.Height);
    }
}
