using LdmMl.Tests.Autoencoders;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Tests.Loading;

public sealed class LoadImageFilesTests : IDisposable
{
    private readonly MLContext context = new(seed: 1);
    private readonly ImageFolder folder = new(count: 9);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Files_are_loaded_resized_reconstructed_and_scored_in_one_chain()
    {
        using var model = TestAutoencoders.Kl();
        var rows = folder.Load(context);
        var output = context.Transforms.LoadImageFiles("Image", "Path")
            .Append(context.Transforms.ResizeImagesAntialiased("Image", 16, 16))
            .Append(context.Transforms.ReconstructImages("Out", model, "Image"))
            .Append(context.Transforms.ScoreImageQuality("Image", "Out"))
            .Fit(rows).Transform(rows);
        Assert.Equal(9, output.GetColumn<float>("Psnr").Count(float.IsFinite));
        Assert.Equal("Image<16, 16>", $"Image<{((ImageDataViewType)output.Schema["Out"].Type).Height}, {((ImageDataViewType)output.Schema["Out"].Type).Width}>");
    }

    [Fact]
    public void Images_of_many_sizes_are_reconstructed_in_one_batch()
    {
        using var model = TestAutoencoders.Kl();
        var rows = folder.Load(context);
        var images = context.Transforms.LoadImageFiles("Image", "Path").Fit(rows).Transform(rows);
        var together = Reconstruct(16);
        Assert.Equal(Reconstruct(1), together);
        Assert.Equal(Reconstruct(2), together);
        Assert.Equal(folder.Sizes.Select(size => size.Width * size.Height * 4), together.Select(pixels => pixels!.Length));

        byte[]?[] Reconstruct(int batchSize)
        {
            var options = new ReconstructImagesOptions { OutputColumnName = "Out", InputColumnName = "Image", BatchSize = batchSize, Sides = ImageSides.PadToMultiple };
            return ImageRows.Pixels(context.Transforms.ReconstructImages(model, options).Fit(images).Transform(images), "Out");
        }
    }

    [Fact]
    public void Latents_of_images_of_many_sizes_have_different_sizes()
    {
        using var model = TestAutoencoders.Kl();
        var rows = folder.Load(context);
        var images = context.Transforms.LoadImageFiles("Image", "Path").Fit(rows).Transform(rows);
        var options = new EncodeImagesOptions { OutputColumnName = "Latent", InputColumnName = "Image", Sides = ImageSides.PadToMultiple };
        var output = context.Transforms.EncodeImages(model, options).Fit(images).Transform(images);
        Assert.Equal(folder.Sizes.Select(size => 3 * ((size.Width + 3) / 4) * ((size.Height + 3) / 4)), ImageRows.Latents(output).Select(latent => latent.Length));
        Assert.False(((VectorDataViewType)output.Schema["Latent"].Type).IsKnownSize);
    }

    [Fact]
    public void A_row_whose_sides_are_not_multiples_is_refused_with_its_number()
    {
        using var model = TestAutoencoders.Kl();
        var rows = folder.Load(context);
        var output = context.Transforms.LoadImageFiles("Image", "Path").Append(context.Transforms.EncodeImages("Latent", model, "Image")).Fit(rows).Transform(rows);
        var exception = Assert.ThrowsAny<Exception>(() => ImageRows.Latents(output)).GetBaseException();
        Assert.Equal("Row 1: the image in column 'Image' is 21x18; both sides must be multiples of 4. Use ResizeImagesAntialiased first, or set Sides to PadToMultiple.", exception.Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_error_about_a_damaged_file_names_row_and_path(bool prefetch)
    {
        using var model = TestAutoencoders.Kl();
        folder.Damage(6);
        var rows = folder.Load(context);
        var options = new ReconstructImagesOptions { OutputColumnName = "Out", InputColumnName = "Image", BatchSize = 2, Prefetch = prefetch };
        var output = context.Transforms.LoadImageFiles("Image", "Path")
            .Append(context.Transforms.ResizeImagesAntialiased("Image", 16, 16))
            .Append(context.Transforms.ReconstructImages(model, options)).Fit(rows).Transform(rows);
        var exception = Assert.Throws<ImageFileException>(() => ImageRows.Pixels(output, "Out"));
        Assert.StartsWith($"The image '{folder.Paths[6]}' in row 6 ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_file_throws_with_its_row()
    {
        folder.Damage(6);
        var rows = folder.Load(context);
        var output = context.Transforms.LoadImageFiles("Image", "Path").Fit(rows).Transform(rows);
        var exception = Assert.Throws<ImageFileException>(() => ImageRows.Pixels(output, "Image"));
        Assert.StartsWith($"The image '{folder.Paths[6]}' in row 6 ", exception.Message, StringComparison.Ordinal);
        Assert.Equal(folder.Paths[6], exception.Path);
    }

    [Fact]
    public void By_policy_a_damaged_file_is_a_missing_image_and_a_warning_names_it()
    {
        folder.Damage(6);
        var warnings = new List<string>();
        context.Log += (_, log) =>
        {
            if (log.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning)
                warnings.Add(log.RawMessage);
        };
        var rows = folder.Load(context);
        var output = context.Transforms.LoadImageFiles("Image", "Path", errors: ImageFileErrors.Missing).Fit(rows).Transform(rows);
        var pixels = ImageRows.Pixels(output, "Image");
        Assert.Equal([6], Enumerable.Range(0, 9).Where(i => pixels[i] is null));
        Assert.Contains($"'{folder.Paths[6]}' in row 6", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_path_is_a_missing_image()
    {
        var rows = context.Data.LoadFromEnumerable(new[] { new ImageRows.AnyRow(), new ImageRows.AnyRow { Path = folder.Paths[0] } });
        var pixels = ImageRows.Pixels(context.Transforms.LoadImageFiles("Image", "Path").Fit(rows).Transform(rows), "Image");
        Assert.Null(pixels[0]);
        Assert.NotNull(pixels[1]);
    }

    [Fact]
    public void Relative_paths_start_from_the_folder()
    {
        var rows = context.Data.LoadFromEnumerable(folder.Paths.Select(path => new ImageRows.AnyRow { Path = Path.GetFileName(path) }));
        Assert.Equal(9, ImageRows.Pixels(context.Transforms.LoadImageFiles("Image", "Path", folder.FullName).Fit(rows).Transform(rows), "Image").Count(p => p is not null));
    }
}
