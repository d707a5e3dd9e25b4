using LdmMl.Tests.Autoencoders;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Tests.Resizing;

public class ResizeImagesTests
{
    private readonly MLContext context = new(seed: 1);

    [Fact]
    public void A_column_is_resized_as_in_Pillow()
    {
        var rows = ImageRows.Create(3);
        byte[][] wanted = [.. rows.Select(row => Resize(row.Image))];
        Assert.Equal(wanted, Pixels(rows, new ResizeImagesOptions { OutputColumnName = "Out", InputColumnName = "Image", ImageWidth = 7, ImageHeight = 5, Fit = ImageFit.Stretch, Filter = ResizeFilter.Lanczos }));
    }

    // ML.NET's own ResizeImages gives different pixels in 6.0.0 and 5.0.1. The hash is that of Pillow 9.4:
    // Image.open(f).convert("RGBA").resize((32, 32), Image.BICUBIC).tobytes() of each file in turn.
    [Fact]
    public void Eight_resized_emoji_have_the_same_bytes_with_every_version_of_ML_NET()
    {
        string[] names =
            ["artist-palette", "avocado", "birthday-cake", "butterfly", "cactus", "crystal-ball", "doughnut", "extraterrestrial-alien"];
        var rows = context.Data.LoadFromEnumerable(names.Select(name => new { Path = Path.Combine(Emoji(), $"{name}.png") }));
        var resized = context.Transforms.LoadImageFiles("Image", "Path")
            .Append(context.Transforms.ResizeImagesAntialiased("Image", 32, 32))
            .Fit(rows).Transform(rows);
        byte[] bytes = [.. resized.GetColumn<MLImage>("Image").SelectMany(image => image.Pixels.ToArray())];
        Assert.Equal(32_768, bytes.Length);
        Assert.Equal(
            "5668bcc3d4711ecb94dd99c02d7b666850f360c0040a234ecddbb48102808659", Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)));

        static string Emoji([System.Runtime.CompilerServices.CallerFilePath] string here = "") =>
            Path.Combine(Path.GetDirectoryName(here)!, "../../../examples/data/emoji");
    }

    [Fact]
    public void A_matching_size_gives_a_copy_and_never_the_users_image()
    {
        var rows = ImageRows.Create(3);
        byte[][] before = [.. rows.Select(row => row.Image.Pixels.ToArray())];
        Assert.Equal(before, Pixels(rows, new ResizeImagesOptions { OutputColumnName = "Out", InputColumnName = "Image", ImageWidth = 16, ImageHeight = 16 }));
        Assert.Equal(before, rows.Select(row => row.Image.Pixels.ToArray()));
    }

    [Fact]
    public void An_image_too_small_to_be_cropped_is_refused_with_its_row()
    {
        var exception = Assert.ThrowsAny<Exception>(
            () => Pixels(ImageRows.Create(3), new ResizeImagesOptions { OutputColumnName = "Out", InputColumnName = "Image", ImageWidth = 32, ImageHeight = 16, Fit = ImageFit.CenterCrop }));
        Assert.StartsWith("Row 0: column 'Image': The image is 16x16, too small to crop 32x16 from it", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_image_stays_missing()
    {
        var rows = ImageRows.Create(3);
        rows[1].Image = null!;
        var pixels = Pixels(rows, new ResizeImagesOptions { OutputColumnName = "Out", InputColumnName = "Image", ImageWidth = 8, ImageHeight = 8 });
        Assert.Equal([false, true, false], pixels.Select(p => p is null));
    }

    [Fact]
    public void Two_getters_of_one_row_see_the_same_image()
    {
        var rows = ImageRows.Load(context, 3);
        var output = context.Transforms.ResizeImagesAntialiased("Out", 8, 8, "Image").Fit(rows).Transform(rows);
        using var cursor = output.GetRowCursor(output.Schema);
        ValueGetter<MLImage> first = cursor.GetGetter<MLImage>(output.Schema["Out"]), second = cursor.GetGetter<MLImage>(output.Schema["Out"]);
        MLImage one = null!, two = null!;
        while (cursor.MoveNext())
        {
            first(ref one);
            second(ref two);
            Assert.NotSame(one, two);
            Assert.Equal(one.Pixels.ToArray(), two.Pixels.ToArray());
        }
    }

    private byte[]?[] Pixels(ImageRows.Row[] rows, ResizeImagesOptions options)
    {
        var view = context.Data.LoadFromEnumerable(rows);
        return ImageRows.Pixels(context.Transforms.ResizeImagesAntialiased(options).Fit(view).Transform(view), "Out");
    }

    private static byte[] Resize(MLImage image)
    {
        var result = new byte[7 * 5 * 4];
        ImageResizer.Resize(image.Pixels, image.Width, image.Height, result, 7, 5, 4, ResizeFilter.Lanczos);
        return result;
    }
}
