using LdmMl.Torch.Tensors;
using PerceptualTrunk.Distortions;

namespace PerceptualTrunk.Judging;

/// <summary>The images of a folder, on white, as input of distortions.</summary>
internal static class SampleImages
{
    /// <summary>Reads images of 64x64.</summary>
    public static IReadOnlyList<RgbImage> Read(string folder) =>
        [.. ImageFiles.Read(Paths(folder)).Select(image => OnWhite(image.Pixels, ImageFiles.Side, ImageFiles.Side, image.Layout))];

    /// <summary>Reads the middle of every image, as a square.</summary>
    public static IReadOnlyList<RgbImage> ReadMiddles(string folder, int side)
    {
        var paths = Paths(folder);
        return [.. ImageFiles.ReadAny(paths).Select((image, index) => Math.Min(image.Width, image.Height) >= side
            ? Middle(OnWhite(image.Pixels, image.Width, image.Height, image.Layout), side)
            : throw new InvalidDataException($"{paths[index]} is {image.Width}x{image.Height}, less than {side}x{side}; give a smaller side."))];
    }

    private static string[] Paths(string folder) => [.. Directory.GetFiles(folder, "*.png").Order(StringComparer.Ordinal)];

    private static RgbImage Middle(RgbImage image, int side)
    {
        var (left, top) = ((image.Width - side) / 2, (image.Height - side) / 2);
        return new RgbImage(side, side, new byte[side * side * 3]).Map((x, y, channel) => image.At(left + x, top + y, channel));
    }

    private static RgbImage OnWhite(byte[] pixels, int width, int height, PixelLayout layout)
    {
        var planes = new float[3 * width * height];
        PixelTensors.ToPlanes(pixels, layout, PixelColor.White, PixelRange.ZeroToOne, planes, 3);
        var bytes = new byte[planes.Length];
        PixelTensors.FromPlanes(planes, 3, PixelRange.ZeroToOne, bytes, PixelLayout.Rgb24);
        return new RgbImage(width, height, bytes);
    }
}
