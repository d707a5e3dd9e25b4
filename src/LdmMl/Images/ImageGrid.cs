using LdmMl.Internals;
using Microsoft.ML.Data;
using SkiaSharp;

namespace LdmMl;

/// <summary>Puts images that belong together beside each other, such as originals and their reconstructions, and writes one PNG.</summary>
public static class ImageGrid
{
    private const int GapWithin = 2, GapBetween = 10;   // pixels

    private static readonly SKColor Paper = new(0xFA, 0xFA, 0xFA);

    /// <summary>Writes groups of images, each group in a line, the groups row by row. The file appears whole or not at all.</summary>
    /// <param name="path">The PNG file; replaced if it exists.</param>
    /// <param name="groups">
    /// The groups, at least one; all images of one size are easiest to compare, but sizes may differ. The images stay the caller's.
    /// </param>
    /// <param name="groupsPerRow">How many groups stand side by side, at least 1.</param>
    /// <param name="scale">How many pixels each pixel becomes on both axes, at least 1: small images are hard to see otherwise.</param>
    /// <exception cref="ArgumentException">There is no image.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public static void Save(string path, IReadOnlyList<IReadOnlyList<MLImage>> groups, int groupsPerRow = 4, int scale = 1)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(groups);
        ArgumentOutOfRangeException.ThrowIfLessThan(groupsPerRow, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(scale, 1);
        if (groups.Sum(group => group.Count) == 0)
            throw new ArgumentException("There is no image to put into the grid.", nameof(groups));

        var cell = new SKSizeI(
            groups.SelectMany(group => group).Max(image => image.Width) * scale, groups.SelectMany(group => group).Max(image => image.Height) * scale);
        var columns = Math.Min(groupsPerRow, groups.Count);
        var rows = (groups.Count + columns - 1) / columns;
        var groupWidth = groups.Max(group => group.Count) * (cell.Width + GapWithin) - GapWithin;

        using var sheet = new SKBitmap(
            columns * (groupWidth + GapBetween) + GapBetween, rows * (cell.Height + GapBetween) + GapBetween, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var canvas = new SKCanvas(sheet);
        canvas.Clear(Paper);
        for (var index = 0; index < groups.Count; index++)
        {
            var left = GapBetween + index % columns * (groupWidth + GapBetween);
            var top = GapBetween + index / columns * (cell.Height + GapBetween);
            DrawGroup(canvas, groups[index], left, top, cell.Width + GapWithin, scale);
        }
        ImageEncoder.SavePng(sheet.GetPixelSpan(), sheet.Width, sheet.Height, Torch.Tensors.PixelLayout.Rgba32, path);
    }

    private static void DrawGroup(SKCanvas canvas, IReadOnlyList<MLImage> group, int left, int top, int step, int scale)
    {
        for (var index = 0; index < group.Count; index++)
        {
            var image = group[index];
            var bitmap = MLImageBitmap.Of(image);
            var x = left + index * step;
            canvas.DrawBitmap(bitmap, SKRect.Create(x, top, image.Width * scale, image.Height * scale));   // no filter: pixels stay pixels
        }
    }
}
