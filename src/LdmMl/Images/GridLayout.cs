using LdmMl.Internals;
using LdmMl.Torch.Arguments;
using Microsoft.ML.Data;
using SkiaSharp;

namespace LdmMl.Images;

/// <summary>The positions of images and captions on a sheet, in pixels.</summary>
internal sealed class GridLayout
{
    private const int Gap = 2, GroupGap = 10, Margin = 10;
    private const int CaptionHeight = CaptionWriter.TextSize + 7, WidestSheet = 1600;

    private static readonly SKColor Paper = new(0xFA, 0xFA, 0xFA);

    private readonly List<(MLImage Image, int X, int Y)> images = [];
    private readonly List<(string Text, int X, int Y)> captions = [];
    private readonly SKSizeI cell;
    private readonly int scale;
    private int right, bottom;

    private GridLayout(IEnumerable<MLImage> all, int scale)
    {
        Check.AtLeast(scale, 1);
        var sizes = all.Select(image => new SKSizeI(image.Width, image.Height)).ToArray();
        if (sizes.Length == 0)
            throw new ArgumentException("There is no image to put into the grid.");
        this.scale = scale;
        cell = new SKSizeI(checked(sizes.Max(size => size.Width) * scale), checked(sizes.Max(size => size.Height) * scale));
    }

    /// <summary>Images row by row, each with its caption below.</summary>
    public static GridLayout OfImages(IReadOnlyList<MLImage> images, int? columns, IReadOnlyList<string>? captions, int scale)
    {
        ArgumentNullException.ThrowIfNull(images);
        Check.AtLeast(columns ?? 1, 1, nameof(columns));
        Check.That(captions is null || captions.Count == images.Count, captions, $"there must be {images.Count}, one for each image", nameof(captions));
        var layout = new GridLayout(images, scale);
        using var writer = new CaptionWriter();
        var captioned = captions is not null && CaptionWriter.HasFont;
        var width = captioned ? Math.Max(layout.cell.Width, captions!.Max(writer.Measure)) : layout.cell.Width;
        var height = layout.cell.Height + (captioned ? CaptionHeight : 0);
        var inRow = columns ?? (int)Math.Ceiling(Math.Sqrt(images.Count));
        for (var index = 0; index < images.Count; index++)
        {
            var (x, y) = (Margin + (index % inRow * (width + Gap)), Margin + (index / inRow * (height + Gap)));
            layout.Place(images[index], x, y);
            if (captioned)
                layout.captions.Add((captions![index], x, y + layout.cell.Height + CaptionWriter.TextSize));
            layout.Reach(x + width, y + height);
        }

        return layout;
    }

    /// <summary>Each group in separate rows, of equal length as far as there are images, with the captions on the left.</summary>
    public static GridLayout OfCaptionedGroups(IReadOnlyList<ImageGroup> groups, int? columns, int scale)
    {
        ArgumentNullException.ThrowIfNull(groups);
        Check.AtLeast(columns ?? 1, 1, nameof(columns));
        var layout = new GridLayout(groups.SelectMany(group => group.Images), scale);
        using var writer = new CaptionWriter();
        var widest = CaptionWriter.HasFont ? groups.Max(group => writer.Measure(group.Caption ?? "")) : 0;
        var left = Margin + (widest > 0 ? widest + Margin : 0);
        var inRow = columns ?? layout.FittingColumns(groups, left);
        var top = Margin;
        foreach (var group in groups.Where(group => group.Images.Count > 0))
        {
            if (widest > 0)
                layout.captions.Add((group.Caption ?? "", Margin, top + ((layout.cell.Height + CaptionWriter.TextSize) / 2) - 2));
            for (var index = 0; index < group.Images.Count; index++)
                layout.PlaceInCell(group.Images[index], left + (index % inRow * (layout.cell.Width + Gap)), top + (index / inRow * layout.RowStep));
            top += (RowsOf(group.Images.Count, inRow) * layout.RowStep) + (Margin / 2);
        }

        return layout;
    }

    /// <summary>Groups each in a line, several lines side by side.</summary>
    public static GridLayout OfGroups(IReadOnlyList<IReadOnlyList<MLImage>> groups, int groupsPerRow, int scale)
    {
        ArgumentNullException.ThrowIfNull(groups);
        Check.AtLeast(groupsPerRow, 1);
        var layout = new GridLayout(groups.SelectMany(group => group), scale);
        var step = (groups.Max(group => group.Count) * (layout.cell.Width + Gap)) - Gap + GroupGap;
        for (var index = 0; index < groups.Count; index++)
        {
            var (left, top) = (Margin + (index % groupsPerRow * step), Margin + (index / groupsPerRow * (layout.cell.Height + GroupGap)));
            for (var place = 0; place < groups[index].Count; place++)
                layout.Place(groups[index][place], left + (place * (layout.cell.Width + Gap)), top);
            layout.Reach(left + step - GroupGap, top + layout.cell.Height);
        }

        return layout;
    }

    /// <summary>Draws the sheet. The caller disposes it.</summary>
    public MLImage Draw()
    {
        var sheet = MLImageBitmap.Allocate(right + Margin, bottom + Margin, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var canvas = new SKCanvas(sheet);
        using var writer = new CaptionWriter();
        canvas.Clear(Paper);
        foreach (var (image, x, y) in images)
            canvas.DrawBitmap(MLImageBitmap.Of(image), SKRect.Create(x, y, image.Width * scale, image.Height * scale));   // no filter: pixels stay sharp
        foreach (var (text, x, y) in captions)
            writer.Draw(canvas, text, x, y);
        return MLImageBitmap.Wrap(sheet);
    }

    private int RowStep => cell.Height + Gap;

    private static int RowsOf(int images, int inRow) => (images + inRow - 1) / inRow;

    private int FittingColumns(IReadOnlyList<ImageGroup> groups, int left)
    {
        var most = Math.Max((WidestSheet - left - Margin) / (cell.Width + Gap), 1);
        var longest = groups.Max(group => group.Images.Count);
        var wanted = groups.Count > 1 ? longest : (int)Math.Ceiling(Math.Sqrt(longest));
        return RowsOf(wanted, RowsOf(wanted, most));
    }

    private void PlaceInCell(MLImage image, int x, int y)
    {
        Place(image, x, y);
        Reach(x + cell.Width, y + cell.Height);
    }

    private void Place(MLImage image, int x, int y) => images.Add((image, x, y));

    private void Reach(int x, int y) => (right, bottom) = (Math.Max(right, x), Math.Max(bottom, y));
}
