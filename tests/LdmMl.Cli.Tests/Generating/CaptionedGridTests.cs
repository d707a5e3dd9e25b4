using LdmMl.Cli.Generating;
using Microsoft.ML.Data;

namespace LdmMl.Cli.Tests.Generating;

public sealed class CaptionedGridTests : IDisposable
{
    private readonly SampleFiles files = new SampleFiles().AddImages(count: 12, width: 100, height: 100);

    public void Dispose() => files.Dispose();

    [Fact]
    public void Images_without_labels_fill_a_square()
    {
        var (width, height) = SizeOf([(null, Images(9))]);

        Assert.Equal((3 * 102) - 2 + 20, width);
        Assert.Equal(width, height);
    }

    [Fact]
    public void Rows_that_are_too_long_are_broken_evenly()
    {
        var twenty = Images(12).Concat(Images(8)).ToArray();    // of 102 pixels each, 15 would fit
        var (width, height) = SizeOf([("a", twenty), ("b", twenty)]);

        Assert.InRange(width, (10 * 102) + 20, (11 * 102) + 20);
        Assert.Equal((4 * 102) - 2 + 20 + 5, height);
    }

    [Fact]
    public void A_longer_label_makes_the_sheet_wider()
    {
        var (narrow, _) = SizeOf([("a", Images(2)), ("b", Images(1))]);
        var (wide, _) = SizeOf([("a", Images(2)), ("a long name", Images(1))]);

        Assert.True(wide > narrow);
    }

    private (int Width, int Height) SizeOf(IReadOnlyList<(string? Caption, IReadOnlyList<string> Files)> groups)
    {
        var path = files.File("grid.png");
        CaptionedGrid.Save(groups, path);
        using var image = MLImage.CreateFromFile(path);
        return (image.Width, image.Height);
    }

    private string[] Images(int count) => [.. Enumerable.Range(0, count).Select(index => Path.Combine(files.Images, $"image{index}.png"))];
}
