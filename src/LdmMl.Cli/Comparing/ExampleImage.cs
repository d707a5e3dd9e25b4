using LdmMl.Torch.Tensors;

namespace LdmMl.Cli.Comparing;

/// <summary>An image that the report shows.</summary>
/// <param name="Scores">Its name and scores.</param>
/// <param name="Width">Its own width in pixels.</param>
/// <param name="Height">Its own height.</param>
/// <param name="Original">The image, at most <see cref="LargestSide"/> pixels on a side.</param>
/// <param name="First">A's reconstruction.</param>
/// <param name="Second">B's.</param>
/// <param name="Maps">Where they differ.</param>
internal sealed record ExampleImage(ImageScores Scores, int Width, int Height, Picture Original, Picture First, Picture Second, DifferenceMaps Maps)
{
    /// <summary>A report is sent by mail and kept for years: larger images are shown smaller.</summary>
    public const int LargestSide = 256;

    public static ExampleImage Of(ImageScores scores, RgbImage original, RgbImage first, RgbImage second)
    {
        var factor = Math.Min(1.0, (double)LargestSide / Math.Max(original.Width, original.Height));
        var shown = (Width: Math.Max(1, (int)Math.Round(original.Width * factor)), Height: Math.Max(1, (int)Math.Round(original.Height * factor)));
        return new(
            scores, original.Width, original.Height, Shrink(original, shown), Shrink(first, shown), Shrink(second, shown),
            DifferenceMaps.Of(original, first, second, shown));
    }

    private static Picture Shrink(RgbImage image, (int Width, int Height) shown)
    {
        var colors = new byte[shown.Width * shown.Height * 3];
        ImageResizer.Resize(image.Pixels, image.Width, image.Height, colors, shown.Width, shown.Height, channels: 3, ResizeFilter.Lanczos);
        return Picture.Of(colors, shown.Width, shown.Height);
    }
}
