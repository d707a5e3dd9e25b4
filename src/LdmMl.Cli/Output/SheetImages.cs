using LdmMl.Cli.Comparing;
using LdmMl.Torch.Tensors;
using Microsoft.ML.Data;

namespace LdmMl.Cli.Output;

/// <summary>Images for a sheet that is looked at and sent: many large ones are shown smaller.</summary>
internal static class SheetImages
{
    // A sheet of as many pixels is a few megabytes long.
    private const double MostPixels = 4e6;

    private const int SmallestSide = 64, SmallImage = 96;

    /// <summary>Gets the largest side that an image may have on a sheet of some images.</summary>
    public static int LargestSide(int images) => Math.Max(SmallestSide, (int)Math.Sqrt(MostPixels / Math.Max(images, 1)));

    /// <summary>Gets how many pixels a pixel becomes: small images are shown larger.</summary>
    public static int Scale(MLImage image, int images) =>
        Math.Max(image.Width, image.Height) is var side && side <= SmallImage && side * 2 <= LargestSide(images) ? 2 : 1;

    /// <summary>Returns an image that fits, or a copy if it already does. The caller disposes it.</summary>
    public static MLImage Fit(MLImage image, int largestSide)
    {
        var factor = (double)largestSide / Math.Max(image.Width, image.Height);
        if (factor >= 1)
            return image.Copy();
        var (width, height) = (Math.Max(1, (int)Math.Round(image.Width * factor)), Math.Max(1, (int)Math.Round(image.Height * factor)));
        var colors = new byte[width * height * 3];
        ImageResizer.Resize(RgbImage.Of(image).Pixels, image.Width, image.Height, colors, width, height, channels: 3, ResizeFilter.Lanczos);
        return MLImage.CreateFromPixels(width, height, MLPixelFormat.Rgba32, [.. colors.Chunk(3).SelectMany(color => color.Append(byte.MaxValue))]);
    }
}
