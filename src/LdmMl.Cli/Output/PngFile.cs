using Microsoft.ML.Data;
using SkiaSharp;

namespace LdmMl.Cli.Output;

/// <summary>Images on disk, whole or not at all.</summary>
internal static class PngFile
{
    public static void Save(MLImage image, string path)
    {
        var temporary = $"{path}.{Environment.ProcessId}.tmp.png";   // ML.NET tells the format by the ending
        image.Save(temporary);
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Writes opaque pixels [H, W, 4]: red, green, blue, anything.</summary>
    public static unsafe void Save(ReadOnlySpan<byte> pixels, int width, int height, string path)
    {
        fixed (byte* start = pixels)
        {
            using var pixmap = new SKPixmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque), (nint)start);
            Save(pixmap, path);
        }
    }

    /// <summary>Writes a bitmap.</summary>
    public static void Save(SKPixmap pixmap, string path)
    {
        using var data = pixmap.Encode(SKPngEncoderOptions.Default)
            ?? throw new InvalidOperationException($"An image of {pixmap.Width}x{pixmap.Height} pixels cannot be encoded as PNG.");
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";            // no image by its name: what a killed run leaves is never taken for one
        using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
        {
            stream.Write(data.AsSpan());
        }

        File.Move(temporary, path, overwrite: true);
    }
}
