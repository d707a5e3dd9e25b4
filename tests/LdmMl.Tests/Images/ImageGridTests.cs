using LdmMl.Tests.Autoencoders;
using LdmMl.Torch.Arguments;
using Microsoft.ML.Data;

namespace LdmMl.Tests.Images;

public sealed class ImageGridTests : IDisposable
{
    private const int Gap = 2, Margin = 10, Side = 8;

    private readonly string folder = Directory.CreateTempSubdirectory("ldmml-grid-").FullName;
    private readonly MLImage[] images = [.. Enumerable.Range(1, 6).Select(seed => ImageRows.Picture(seed, Side, Side))];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(3, 3, 2)]
    [InlineData(6, 6, 1)]
    [InlineData(4, 4, 2)]
    [InlineData(99, 6, 1)]
    [InlineData(null, 3, 2)]
    public void A_flat_list_fills_rows(int? columns, int across, int down)
    {
        using var sheet = ImageGrid.Draw(images, columns);
        Assert.Equal(
            ((2 * Margin) + (across * (Side + Gap)) - Gap, (2 * Margin) + (down * (Side + Gap)) - Gap), (sheet.Width, sheet.Height));
    }

    [Fact]
    public void Every_image_is_in_its_place_with_enlarged_pixels()
    {
        using var sheet = ImageGrid.Draw(images, columns: 3, scale: 2);
        for (var index = 0; index < images.Length; index++)
        {
            for (var y = 0; y < 2 * Side; y++)
            {
                for (var x = 0; x < 2 * Side; x++)
                {
                    var (left, top) = (Margin + (index % 3 * ((2 * Side) + Gap)), Margin + (index / 3 * ((2 * Side) + Gap)));
                    Assert.Equal(At(images[index], x / 2, y / 2), At(sheet, left + x, top + y));
                }
            }
        }
    }

    [Fact]
    public void A_saved_grid_equals_the_drawn_one()
    {
        var path = Path.Combine(folder, "grid.png");
        ImageGrid.Save(path, images, columns: 2);
        using var saved = ImageFile.Decode(path);
        using var drawn = ImageGrid.Draw(images, columns: 2);
        Assert.Equal(drawn.Pixels.ToArray(), saved.Pixels.ToArray());
        Assert.Equal([path], Directory.GetFiles(folder));
    }

    [Fact]
    public void Groups_are_drawn_side_by_side()
    {
        MLImage[][] pairs = [[images[0], images[1]], [images[2], images[3]], [images[4], images[5]]];
        using var sheet = ImageGrid.Draw(pairs, groupsPerRow: 2);
        var pair = (2 * Side) + Gap;
        Assert.Equal(((2 * pair) + (3 * Margin), (2 * Side) + (3 * Margin)), (sheet.Width, sheet.Height));
        Assert.Equal(At(images[3], 0, 0), At(sheet, Margin + pair + Margin + Side + Gap, Margin));
        Assert.Equal(At(images[4], 0, 0), At(sheet, Margin, Margin + Side + Margin));
    }

    [FontFact]
    public void Captions_under_images_make_rows_higher_and_cells_as_wide_as_the_longest()
    {
        using var plain = ImageGrid.Draw(images, columns: 3);
        using var sheet = ImageGrid.Draw(images, columns: 3, captions: ["a", "b", "c", "d", "e", "a longer caption"]);
        Assert.True(sheet.Height > plain.Height + (2 * 15) && sheet.Width > plain.Width + (3 * 15));
        Assert.Equal(At(images[0], 5, 5), At(sheet, Margin + 5, Margin + 5));
    }

    [FontFact]
    public void Captions_of_groups_are_on_the_left()
    {
        ImageGroup[] named = [new("Flags", images[..4]), new("Symbols", images[4..])];
        ImageGroup[] nameless = [new(null, images[..4]), new("", images[4..])];
        using var sheet = ImageGrid.Draw(named);
        using var plain = ImageGrid.Draw(nameless);
        Assert.Equal(((2 * Margin) + (4 * (Side + Gap)) - Gap, (2 * Margin) + (2 * (Side + Gap)) - Gap + (Margin / 2)), (plain.Width, plain.Height));
        Assert.Equal(plain.Height, sheet.Height);
        Assert.True(sheet.Width > plain.Width + 30);
        Assert.Equal(At(plain, plain.Width - Margin - 1, Margin), At(sheet, sheet.Width - Margin - 1, Margin));
    }

    [Fact]
    public void A_grid_that_cannot_be_drawn_is_refused_with_the_reason()
    {
        Assert.Equal("There is no image to put into the grid.", Assert.Throws<ArgumentException>(() => ImageGrid.Draw(Array.Empty<MLImage>())).Message);
        Assert.Equal("columns is 0; it must be at least 1.", Assert.Throws<OptionException>(() => ImageGrid.Draw(images, columns: 0)).Message);
        Assert.Equal("scale is 0; it must be at least 1.", Assert.Throws<OptionException>(() => ImageGrid.Draw(images, scale: 0)).Message);
        Assert.Equal(
            "captions is ['a']; there must be 6, one for each image.",
            Assert.Throws<OptionException>(() => ImageGrid.Draw(images, captions: ["a"])).Message);
        Assert.Equal(
            "groupsPerRow is 0; it must be at least 1.", Assert.Throws<OptionException>(() => ImageGrid.Draw([[images[0]]], groupsPerRow: 0)).Message);
    }

    private static (byte Red, byte Green, byte Blue) At(MLImage image, int x, int y)
    {
        var pixel = image.Pixels.Slice(((y * image.Width) + x) * 4, 4);
        return image.PixelFormat == MLPixelFormat.Bgra32 ? (pixel[2], pixel[1], pixel[0]) : (pixel[0], pixel[1], pixel[2]);
    }
}
