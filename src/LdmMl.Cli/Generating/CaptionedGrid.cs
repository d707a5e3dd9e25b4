using LdmMl.Cli.Output;
using SkiaSharp;

namespace LdmMl.Cli.Generating;

/// <summary>Image files on one sheet: those of a label in a row or several, with the label before them.</summary>
internal sealed class CaptionedGrid : IDisposable
{
    /// <summary>Of more images the sheet shows the first: it is for looking at.</summary>
    public const int MostImages = 400;

    private const int Gap = 2, Margin = 10, TextSize = 15;      // pixels
    private const int WidestSheet = 1600, SmallImage = 96;

    private static readonly SKColor Paper = new(0xFA, 0xFA, 0xFA), Ink = new(0x20, 0x20, 0x20);

    private readonly SKPaint ink = new() { IsAntialias = true, Color = Ink };
    private readonly SKFont font = new(SKTypeface.Default, TextSize) { Subpixel = true };
    private readonly IReadOnlyList<(string? Caption, IReadOnlyList<string> Files)> groups;
    private readonly SKSizeI cell;
    private readonly int scale, captionWidth, columns;

    private CaptionedGrid(IReadOnlyList<(string? Caption, IReadOnlyList<string> Files)> groups)
    {
        this.groups = groups;
        using var first = Read(groups[0].Files[0]);
        scale = Math.Max(first.Width, first.Height) <= SmallImage ? 2 : 1;
        cell = new((first.Width * scale) + Gap, (first.Height * scale) + Gap);
        captionWidth = groups.Max(group => group.Caption is null ? 0 : Margin + (int)Math.Ceiling(Write(group.Caption, line => font.MeasureText(line))));
        var most = Math.Max((WidestSheet - (2 * Margin) - captionWidth) / cell.Width, 1);
        var wanted = groups.Count > 1 ? groups.Max(group => group.Files.Count) : (int)Math.Ceiling(Math.Sqrt(groups[0].Files.Count));
        columns = RowsOf(wanted, RowsOf(wanted, most));         // rows of a label are equally long, as far as its images go
    }

    /// <summary>Gets a value indicating whether there is a font to write captions with.</summary>
    public static bool CanWrite => SKFontManager.Default.FontFamilyCount > 0;

    /// <summary>Writes a sheet.</summary>
    /// <param name="groups">The captions, null for none, and under each the image files, at least one; all images are of one size.</param>
    /// <param name="path">The PNG file.</param>
    public static void Save(IReadOnlyList<(string? Caption, IReadOnlyList<string> Files)> groups, string path)
    {
        using var grid = new CaptionedGrid(groups);
        grid.Draw(path);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        font.Dispose();
        ink.Dispose();
    }

    private static int RowsOf(int images, int inRow) => (images + inRow - 1) / inRow;

    private void Draw(string path)
    {
        var rows = groups.Select(group => RowsOf(group.Files.Count, columns)).ToArray();
        var size = new SKSizeI(
            (2 * Margin) + captionWidth + (columns * cell.Width) - Gap,
            (2 * Margin) + (rows.Sum() * cell.Height) - Gap + ((groups.Count - 1) * Margin / 2));
        using var sheet = new SKBitmap(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var canvas = new SKCanvas(sheet);
        canvas.Clear(Paper);
        var top = Margin;
        for (var index = 0; index < groups.Count; index++)
        {
            if (groups[index].Caption is { } caption)
                Write(caption, line => Draw(canvas, line, top + ((cell.Height - Gap + TextSize) / 2f) - 2));
            DrawImages(canvas, groups[index].Files, top);
            top += (rows[index] * cell.Height) + (Margin / 2);
        }

        using var pixmap = sheet.PeekPixels();
        PngFile.Save(pixmap, path);
    }

    private float Draw(SKCanvas canvas, string line, float y)
    {
        canvas.DrawText(line, Margin, y, font, ink);
        return y;
    }

    // In a font that has the first letter that the usual one lacks, if there is any.
    private float Write(string caption, Func<string, float> write)
    {
        var missing = caption.EnumerateRunes().FirstOrDefault(letter => !SKTypeface.Default.ContainsGlyph(letter.Value));
        using var other = missing == default ? null : SKFontManager.Default.MatchCharacter(missing.Value);
        font.Typeface = other ?? SKTypeface.Default;
        var written = write(caption);
        font.Typeface = SKTypeface.Default;
        return written;
    }

    private void DrawImages(SKCanvas canvas, IReadOnlyList<string> files, int top)
    {
        for (var index = 0; index < files.Count; index++)
        {
            using var image = Read(files[index]);
            var (x, y) = (Margin + captionWidth + (index % columns * cell.Width), top + (index / columns * cell.Height));
            canvas.DrawBitmap(image, SKRect.Create(x, y, image.Width * scale, image.Height * scale));      // no filter: pixels stay pixels
        }
    }

    private static SKBitmap Read(string file) => SKBitmap.Decode(file)
        ?? throw new InvalidDataException($"'{file}' cannot be read as an image; delete it and run again to make it anew.");
}
