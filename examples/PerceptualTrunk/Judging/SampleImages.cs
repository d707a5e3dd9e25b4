using LdmMl.Torch.Tensors;
using PerceptualTrunk.Distortions;

namespace PerceptualTrunk.Judging;

/// <summary>The images of a folder, on white, as input of distortions.</summary>
internal static class SampleImages
{
    public static IReadOnlyList<RgbImage> Read(string folder)
    {
        string[] paths = [.. Directory.GetFiles(folder, "*.png").Order(StringComparer.Ordinal)];
        return [.. ImageFiles.Read(paths).Select(image => OnWhite(image.Pixels, image.Layout))];
    }

    private static RgbImage OnWhite(byte[] pixels, PixelLayout layout)
    {
        const int side = ImageFiles.Side;
        var planes = new float[3 * side * side];
        PixelTensors.ToPlanes(pixels, layout, PixelColor.White, PixelRange.ZeroToOne, planes, 3);
        var bytes = new byte[planes.Length];
        PixelTensors.FromPlanes(planes, 3, PixelRange.ZeroToOne, bytes, PixelLayout.Rgb24);
        return new RgbImage(side, side, bytes);
    }
}
