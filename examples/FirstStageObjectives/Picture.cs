using LdmMl;
using Microsoft.ML.Data;

namespace FirstStageObjectives;

/// <summary>A picture with one row of images per objective, with its name on the left.</summary>
internal static class Picture
{
    private const int Gap = 2, LabelWidth = 56, Ink = 0x40;   // pixels before enlarging

    /// <summary>Writes a PNG.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rows">The rows, each with the same number of 64x64 RGB images.</param>
    /// <param name="scale">The magnification on both axes.</param>
    public static void Save(string path, IReadOnlyList<(string Name, byte[][] Images)> rows, int scale)
    {
        const int side = NamedImages.Side;
        var (width, height) = (LabelWidth + rows[0].Images.Length * (side + Gap), rows.Count * (side + Gap) - Gap);
        var pixels = new byte[width * height * 4];
        Array.Fill(pixels, (byte)0xFF);
        for (var row = 0; row < rows.Count; row++)
        {
            var top = row * (side + Gap);
            foreach (var (x, y) in Lettering.Dots(rows[row].Name))
                pixels.AsSpan(((top + (side - Lettering.Height) / 2 + y) * width + 2 + x) * 4, 3).Fill(Ink);
            for (var column = 0; column < rows[row].Images.Length; column++)
                Draw(rows[row].Images[column], pixels.AsSpan((top * width + LabelWidth + column * (side + Gap)) * 4), width);
        }
        using var sheet = MLImage.CreateFromPixels(width, height, MLPixelFormat.Rgba32, pixels);
        ImageGrid.Save(path, [[sheet]], groupsPerRow: 1, scale);
    }

    private static void Draw(byte[] image, Span<byte> target, int stride)
    {
        for (var index = 0; index < image.Length; index++)
        {
            var (x, y, channel) = (index / 3 % NamedImages.Side, index / 3 / NamedImages.Side, index % 3);
            target[(y * stride + x) * 4 + channel] = image[index];
        }
    }
}
