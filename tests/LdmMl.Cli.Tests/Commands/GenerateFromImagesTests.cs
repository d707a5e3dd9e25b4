using LdmMl.Torch.Generation;
using Microsoft.ML.Data;

namespace LdmMl.Cli.Tests.Commands;

public sealed class GenerateFromImagesTests : IDisposable
{
    private readonly SampleFiles files = new SampleFiles().AddImages(count: 3, width: 16, height: 16);

    public void Dispose() => files.Dispose();

    [Fact]
    public void Each_image_is_combined_with_each_label()
    {
        var run = files.AddDiffusionModel().Generate("--init", files.Images, "--strength", "0.5", "--label", "all", "--json", files.File("run.json"));

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        var images = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(files.File("run.json")))!["images"]!.AsArray();
        Assert.Equal(
            ["image0.png Cats & dogs", "image1.png Cats & dogs", "image2.png Cats & dogs", "image0.png 日本", "image1.png 日本", "image2.png 日本"],
            images.Select(image => $"{Path.GetFileName(image!["initial"]!.GetValue<string>())} {image["label"]!.GetValue<string>()}"));
        Assert.Equal("000001-cats-dogs-image1.png", images[1]!["file"]!.GetValue<string>());
        Assert.Contains("image0, image1, image2", File.ReadAllText(Path.Combine(files.Out, "generation.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void Pixels_that_a_mask_keeps_are_bit_identical_and_the_rest_is_painted()
    {
        SaveMask("mask.png", at => at % 16 < 8);
        var run = files.AddDiffusionModel(Conditioning.None).Generate("--init", files.Images, "--mask", files.File("masks"));

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        var (before, after) = (Pixels(Path.Combine(files.Images, "image1.png")), Pixels(Path.Combine(files.Out, "000001-image1.png")));
        for (var at = 0; at < 256; at++)
        {
            if (at % 16 >= 8)
                Assert.Equal(before[at], after[at]);
        }

        Assert.NotEqual(before[..8], after[..8]);
    }

    [Fact]
    public void Masks_are_matched_to_images_by_name()
    {
        SaveMask("image0.png", _ => true);
        SaveMask("image1.png", _ => true);
        var run = files.AddDiffusionModel(Conditioning.None).Generate("--init", files.Images, "--mask", files.File("masks"));

        Assert.Equal(2, run.ExitCode);
        Assert.Equal(
            "--mask contains no mask for 'image2.png'; it must have one of the same name for each image of --init, or a single mask for all of them.",
            run.Errors.Trim());
    }

    [Fact]
    public void Different_initial_images_count_as_different_settings()
    {
        files.AddDiffusionModel(Conditioning.None).Generate("--init", files.Images, "--strength", "0.5");
        File.Copy(Path.Combine(files.Images, "image0.png"), Path.Combine(files.Images, "image1.png"), overwrite: true);
        var run = files.Generate("--init", files.Images, "--strength", "0.5");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("contains images that were generated with other settings: --init was 3 images, ", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ConcatenatedInput.LowResolutionImage, 32)]
    [InlineData(ConcatenatedInput.MaskThenMaskedImage, 16)]
    public void Super_resolution_and_inpainting_models_work(ConcatenatedInput input, int side)
    {
        SaveMask("mask.png", at => at < 128);
        string[] mask = input == ConcatenatedInput.LowResolutionImage ? ["--width", "32", "--height", "32"] : ["--mask", files.File("masks")];
        var run = files.AddDiffusionModel(new ConcatenatedConditioning { Input = input }).Generate(["--init", files.Images, .. mask]);

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        using var image = MLImage.CreateFromFile(Path.Combine(files.Out, "000002-image2.png"));
        Assert.Equal((side, side), (image.Width, image.Height));
    }

    private void SaveMask(string name, Func<int, bool> isWhite)
    {
        Directory.CreateDirectory(files.File("masks"));
        var pixels = Enumerable.Range(0, 256).SelectMany(at => Enumerable.Repeat(isWhite(at) ? (byte)255 : (byte)0, 3).Append((byte)255)).ToArray();
        using var image = MLImage.CreateFromPixels(16, 16, MLPixelFormat.Rgba32, pixels);
        image.Save(Path.Combine(files.File("masks"), name));
    }

    private static (byte, byte, byte)[] Pixels(string file)
    {
        using var image = MLImage.CreateFromFile(file);
        return [.. image.Pixels.ToArray().Chunk(4).Select(pixel => (pixel[0], pixel[1], pixel[2]))];
    }
}
