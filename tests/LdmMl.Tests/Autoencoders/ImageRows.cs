using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Tests.Autoencoders;

/// <summary>Rows with images in memory.</summary>
internal static class ImageRows
{
    public const int Side = 16;

    public static Row[] Create(int count) => [.. Enumerable.Range(0, count).Select(i => new Row { Number = i, Seed = 1000 + i, Image = Picture(i, Side, Side) })];

    public static IDataView Load(MLContext context, int count = 11) => context.Data.LoadFromEnumerable(Create(count));

    /// <summary>A picture without noise that differs from seed to seed.</summary>
    public static MLImage Picture(int seed, int width, int height)
    {
        var pixels = new byte[width * height * 4];
        for (var i = 0; i < width * height; i++)
        {
            (var x, var y) = (i % width, i / width);
            pixels[4 * i] = (byte)(seed * 37);
            pixels[4 * i + 1] = (byte)((x + seed) * 255 / (width + seed));
            pixels[4 * i + 2] = (byte)(y * 255 / height);
            pixels[4 * i + 3] = 255;
        }

        return MLImage.CreateFromPixels(width, height, seed % 2 == 0 ? MLPixelFormat.Rgba32 : MLPixelFormat.Bgra32, pixels);
    }

    public static float[][] Latents(IDataView view, string column = "Latent") => [.. view.GetColumn<float[]>(column)];

    /// <summary>The pixels of an image column; null if it is missing.</summary>
    public static byte[]?[] Pixels(IDataView view, string column)
    {
        var result = new List<byte[]?>();
        using var cursor = view.GetRowCursor([view.Schema[column]]);
        var getter = cursor.GetGetter<MLImage>(view.Schema[column]);
        MLImage? image = null;
        while (cursor.MoveNext())
        {
            getter(ref image!);
            result.Add(image is null ? null : image.Pixels.ToArray());
        }

        return [.. result];
    }

    internal sealed class Row
    {
        public int Number { get; set; }

        public long Seed { get; set; }

        [ImageType(Side, Side)]
        public MLImage Image { get; set; } = null!;
    }

    /// <summary>Rows with images of different sizes.</summary>
    internal sealed class AnyRow
    {
        public string Path { get; set; } = "";
    }
}
