using LdmMl.Images;
using LdmMl.Tests.Autoencoders;
using LdmMl.Tests.Loading;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Tests.Generation;

public sealed class GenerationImageTests : IDisposable
{
    private readonly MLContext context = new(seed: 1);
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("generation-images-");
    private readonly LatentDiffusionModel model = SmallDiffusion.Create();

    public void Dispose()
    {
        model.Dispose();
        folder.Delete(recursive: true);
    }

    private static GenerateImagesOptions FromImages { get; } = SeedRows.Options with
    {
        InitialImageColumnName = "Image", Settings = new GenerationSettings { Strength = 0.5 },
    };

    private static GenerateImagesOptions Painted { get; } = FromImages with { MaskColumnName = "Mask", Settings = new GenerationSettings { Strength = 1 } };

    [Fact]
    public void Image_to_image_equals_that_of_the_model()
    {
        var rows = SeedRows.Create(5);
        using var scope = NewDisposeScope();
        var batch = new GenerationBatch { Seeds = [.. rows.Select(row => row.Seed)], InitialImages = Planes(rows.Select(row => row.Image), 3) };
        Assert.Equal(
            [.. model.GenerateLatents(batch, FromImages.Settings).data<float>()],
            SeedRows.Generate(model, rows, FromImages).Latents.SelectMany(latent => latent));
    }

    [Fact]
    public void Pixels_under_black_are_bit_identical_and_those_under_white_are_new()
    {
        var rows = SeedRows.Create(3);
        var images = SeedRows.Generate(model, rows, Painted).Images;
        for (var i = 0; i < rows.Length; i++)
        {
            var before = Rgba(rows[i].Image);
            var changed = 0;
            for (var pixel = 0; pixel < SeedRows.Side * SeedRows.Side; pixel++)
            {
                var same = images[i].AsSpan(4 * pixel, 4).SequenceEqual(before.AsSpan(4 * pixel, 4));
                var kept = pixel % SeedRows.Side < SeedRows.Side / 2;
                Assert.True(same || !kept, $"Row {i}, pixel {pixel} should not have changed.");
                changed += same ? 0 : 1;
            }

            Assert.InRange(changed, SeedRows.Side * SeedRows.Side / 4, SeedRows.Side * SeedRows.Side / 2);
        }
    }

    [Fact]
    public void Inpainting_equals_that_of_the_model()
    {
        using var model = SmallDiffusion.Create("inpainting");
        var rows = SeedRows.Create(5);
        using var scope = NewDisposeScope();
        var batch = new GenerationBatch
        {
            Seeds = [.. rows.Select(row => row.Seed)],
            InitialImages = Planes(rows.Select(row => row.Image), 3),
            Masks = Planes(rows.Select(row => row.Mask), 1, PixelRange.ZeroToOne),
        };
        Assert.Equal([.. model.GenerateLatents(batch).data<float>()], SeedRows.Generate(model, rows, Painted).Latents.SelectMany(latent => latent));
    }

    [Fact]
    public void A_super_resolution_model_enlarges_by_the_first_stages_factor()
    {
        using var model = SmallDiffusion.Create("super-resolution");
        var rows = SeedRows.Create(3);
        var options = SeedRows.Options with { InitialImageColumnName = "Image" };
        var view = context.Data.LoadFromEnumerable(rows);
        var output = context.Transforms.GenerateImages(model, options).Fit(view).Transform(view);
        Assert.All(ImageRows.Pixels(output, "Out"), pixels => Assert.Equal(32 * 32 * 4, pixels!.Length));
        using var scope = NewDisposeScope();
        var batch = new GenerationBatch { Seeds = [.. rows.Select(row => row.Seed)], LowResolutionImages = Planes(rows.Select(row => row.Image), 3) };
        Assert.Equal([.. model.GenerateLatents(batch).data<float>()], ImageRows.Latents(output).SelectMany(latent => latent));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, true)]
    public void Rows_of_different_sizes_are_the_same_in_every_batch(int batchSize, bool prefetch)
    {
        var sizes = Enumerable.Range(0, 7).Select(i => (Width: 8 + (4 * (i % 3)), Height: i % 2 == 0 ? 8 : 16)).ToArray();
        var view = Load([.. sizes.Select(size => (size.Width, size.Height, size.Height))]);
        IDataView Generate(GenerateImagesOptions options) => context.Transforms.GenerateImages(model, options).Fit(view).Transform(view);
        IDataView whole = Generate(Painted with { BatchSize = 7 }), parts = Generate(Painted with { BatchSize = batchSize, Prefetch = prefetch });
        var images = ImageRows.Pixels(whole, "Out");
        Assert.Equal(sizes.Select(size => 4 * size.Width * size.Height), images.Select(image => image!.Length));
        Assert.Equal(images, ImageRows.Pixels(parts, "Out"));
        Assert.Equal(ImageRows.Latents(whole), ImageRows.Latents(parts));
    }

    [Fact]
    public void A_missing_image_or_mask_gives_missing_results_and_does_not_affect_the_others()
    {
        var rows = SeedRows.Create(6);
        var (images, latents) = SeedRows.Generate(model, rows, Painted);
        (rows[1].Image, rows[4].Mask) = (null!, null!);
        var given = SeedRows.Generate(model, rows, Painted);
        foreach (var missing in (int[])[1, 4])
            (images[missing], latents[missing]) = (null, [.. Enumerable.Repeat(float.NaN, 4 * 8 * 8)]);
        Assert.Equal(images, given.Images);
        Assert.Equal(latents, given.Latents);
    }

    [Fact]
    public void A_damaged_file_is_treated_by_the_loaders_policy()
    {
        using var folder = new ImageFolder(count: 4);
        folder.Damage(2);
        var options = FromImages with { SeedOffset = 5 };
        var paths = folder.Load(context);
        IDataView Generate(ImageFileErrors errors) => context.Transforms.LoadImageFiles("Image", "Path", errors: errors)
            .Append(context.Transforms.ResizeImagesAntialiased("Image", 8, 8)).Append(context.Transforms.GenerateImages(model, options))
            .Fit(paths).Transform(paths);
        var exception = Assert.Throws<ImageFileException>(() => ImageRows.Pixels(Generate(ImageFileErrors.Throw), "Out"));
        Assert.Contains("in row 2", exception.Message, StringComparison.Ordinal);
        Assert.Equal([false, false, true, false], ImageRows.Pixels(Generate(ImageFileErrors.Missing), "Out").Select(image => image is null));
    }

    [Fact]
    public void Transparent_pixels_of_a_mask_are_kept()
    {
        var rows = SeedRows.Create(1);
        var glass = Enumerable.Repeat(byte.MaxValue, 4 * SeedRows.Side * SeedRows.Side).ToArray();
        for (var i = 3; i < glass.Length; i += 4)
            glass[i] = 0;
        rows[0].Mask = MLImage.CreateFromPixels(SeedRows.Side, SeedRows.Side, MLPixelFormat.Rgba32, glass);
        Assert.Equal(Rgba(rows[0].Image), SeedRows.Generate(model, rows, Painted).Images[0]);
    }

    [Fact]
    public void Sizes_that_do_not_fit_name_their_row()
    {
        string Message(GenerateImagesOptions options, int height, int maskHeight)
        {
            var view = Load((8, 8, 8), (8, height, maskHeight));
            return Assert.Throws<InvalidDataException>(
                () => ImageRows.Latents(context.Transforms.GenerateImages(model, options).Fit(view).Transform(view))).Message;
        }

        Assert.Equal(
            "Row 1: images made from column 'Image' do not fit: Height is 10; it must be a positive multiple of 4: 2 for the first stage, times 2 for the U-Net. "
                + "Use ResizeImagesAntialiased first.",
            Message(Painted, 10, 10));
        Assert.Equal("Row 1: the mask in column 'Mask' is 8x12, but its image 8x8; a mask must have the size of its image.", Message(Painted, 8, 12));
        Assert.Equal(
            "Row 0: images made from column 'Image' do not fit: Width is 16; the given images result in 8x8; leave it out, or resize them. Use ResizeImagesAntialiased first.",
            Message(Painted with { Settings = new GenerationSettings { Width = 16 } }, 8, 8));
    }

    private static Tensor Planes(IEnumerable<MLImage> images, int channels, PixelRange range = PixelRange.MinusOneToOne) => stack(images.Select(image =>
    {
        var planes = new float[channels * image.Width * image.Height];
        MLImagePlanes.ToPlanes(image, PixelColor.White, range, planes, channels);
        return tensor(planes, channels, image.Height, image.Width);
    }).ToArray());

    private static byte[] Rgba(MLImage image)
    {
        var planes = new float[3 * image.Width * image.Height];
        MLImagePlanes.ToPlanes(image, PixelColor.White, PixelRange.MinusOneToOne, planes, 3);
        using var rgba = MLImagePlanes.FromPlanes(planes, 3, PixelRange.MinusOneToOne, image.Width, image.Height);
        return rgba.Pixels.ToArray();
    }

    /// <summary>Rows with images of different sizes.</summary>
    private IDataView Load(params (int Width, int Height, int MaskHeight)[] sizes)
    {
        string Save(MLImage image, string name)
        {
            var path = Path.Combine(folder.FullName, name);
            image.Save(path);
            return path;
        }

        var rows = sizes.Select((size, i) => new
        {
            Seed = (long)i,
            Path = Save(ImageRows.Picture(i, size.Width, size.Height), $"{i}.png"),
            MaskPath = Save(SeedRows.Half(size.Width, size.MaskHeight), $"{i}-mask.png"),
        }).ToArray();
        var view = context.Data.LoadFromEnumerable(rows);
        return context.Transforms.LoadImageFiles("Image", "Path").Append(context.Transforms.LoadImageFiles("Mask", "MaskPath")).Fit(view).Transform(view);
    }
}
