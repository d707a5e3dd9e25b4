using System.Drawing;
using System.Text.Json;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using Microsoft.Extensions.AI;

namespace LdmMl.Extensions.Tests;

/// <summary>The results of requests.</summary>
public class ImageGeneratorTests
{
    [Fact]
    public async Task The_second_text_encoder_reads_texts_of_its_own()
    {
        using var folder = new TemporaryFolder();
        SmallXl.WriteFolder(Path.Combine(folder.Path, "xl"));
        using var model = LatentDiffusionModel.Load(Path.Combine(folder.Path, "xl"));
        using var generator = new LatentDiffusionImageGenerator(model);
        async Task<byte[]> Draw(params (string Name, object Value)[] more)
        {
            var properties = new AdditionalPropertiesDictionary { ["Seed"] = 3, ["Steps"] = 2, ["GuidanceScale"] = 5, ["NegativePrompt"] = "blurry" };
            foreach (var (name, value) in more)
                properties[name] = value;
            var response = await generator.GenerateImagesAsync("a cat", new ImageGenerationOptions { AdditionalProperties = properties });
            return ((DataContent)response.Contents[0]).Data.ToArray();
        }

        var same = await Draw();
        Assert.Equal(same, await Draw(("SecondPrompt", "a cat"), ("SecondNegativePrompt", "blurry")));
        Assert.NotEqual(same, await Draw(("secondprompt", "a painting of a dog")));
        Assert.NotEqual(same, await Draw(("SecondNegativePrompt", "a photograph")));
    }

    [Fact]
    public async Task A_prompt_gives_the_image_of_the_model()
    {
        using var model = LatentDiffusionModel.Load(SmallAdapters.Model);
        using var generator = new LatentDiffusionImageGenerator(model);
        using var expected = model.Generate(
            seed: 3, "a cat", "blurry", new GenerationSettings { GuidanceScale = 5, Sampling = model.Config.Sampling with { Steps = 2 } });

        var response = await generator.GenerateImagesAsync("a cat", new ImageGenerationOptions
        {
            AdditionalProperties = new() { ["Seed"] = 3, ["Steps"] = 2, ["GuidanceScale"] = 5, ["NegativePrompt"] = "blurry" },
        });

        var content = Assert.IsType<DataContent>(Assert.Single(response.Contents));
        Assert.Equal("image/png", content.MediaType);
        Assert.Equal(expected.ToPng(), content.Data.ToArray());
    }

    [Fact]
    public async Task The_default_guidance_of_a_prompt_is_7_5()
    {
        using var model = LatentDiffusionModel.Load(SmallAdapters.Model);
        using var generator = new LatentDiffusionImageGenerator(model, new LatentDiffusionOptions { Steps = 2 });
        using var expected = model.Generate(
            seed: 3, "a cat", settings: new GenerationSettings { GuidanceScale = 7.5, Sampling = model.Config.Sampling with { Steps = 2 } });

        Assert.Equal(expected.ToPng(), await Png(generator, "a cat", new() { ["seed"] = 3 }));
    }

    [Fact]
    public async Task Images_of_one_request_have_consecutive_seeds_and_do_not_depend_on_the_batch()
    {
        using var one = TestModels.OpenSmall("labels");
        using var many = TestModels.OpenSmall("labels", new LatentDiffusionOptions { Steps = 2, BatchSize = 2 });
        var options = new ImageGenerationOptions { Count = 3, AdditionalProperties = new() { ["Seed"] = 10L } };

        var first = await one.GenerateImagesAsync("cat", options);
        var second = await many.GenerateImagesAsync("cat", options);

        Assert.Equal([10L, 11L, 12L], first.Contents.Select(content => content.AdditionalProperties!["Seed"]));
        Assert.Equal(first.Contents.Select(Bytes), second.Contents.Select(Bytes));
        Assert.Equal(Bytes(first.Contents[2]), await Png(one, "cat", new() { ["Seed"] = 12 }));
    }

    [Fact]
    public async Task Without_a_seed_images_differ_and_each_has_the_seed_that_reproduces_it()
    {
        using var generator = TestModels.OpenSmall("labels");

        var first = (await generator.GenerateImagesAsync("cat")).Contents[0];
        var second = (await generator.GenerateImagesAsync("cat")).Contents[0];

        Assert.NotEqual(Bytes(first), Bytes(second));
        Assert.Equal(Bytes(first), await Png(generator, "cat", new() { ["Seed"] = first.AdditionalProperties!["Seed"] }));
    }

    [Fact]
    public async Task For_a_model_with_labels_the_prompt_is_the_name_of_one_in_any_case_or_empty()
    {
        using var generator = TestModels.OpenSmall("labels");

        var cat = await Png(generator, "cat", new() { ["Seed"] = 1 });

        Assert.Equal(cat, await Png(generator, "CAT", new() { ["Seed"] = 1 }));
        Assert.NotEqual(cat, await Png(generator, "dog", new() { ["Seed"] = 1 }));
        Assert.NotEqual(cat, await Png(generator, "", new() { ["Seed"] = 1 }));
    }

    [Fact]
    public async Task Labels_without_names_are_numbers()
    {
        using var generator = TestModels.OpenSmall("labels without null label");

        Assert.NotEqual(await Png(generator, "0", new() { ["Seed"] = 1 }), await Png(generator, "2", new() { ["Seed"] = 1 }));
    }

    [Fact]
    public async Task Size_and_file_format_are_as_requested()
    {
        using var generator = TestModels.OpenSmall("unconditional");

        var response = await generator.GenerateImagesAsync("", new ImageGenerationOptions { ImageSize = new Size(24, 32), MediaType = "image/jpeg" });

        var content = (DataContent)response.Contents[0];
        Assert.Equal("image/jpeg", content.MediaType);
        Assert.Equal([0xFF, 0xD8, 0xFF], content.Data.ToArray()[..3]);
        using var image = ImageFile.Decode(content.Data.Span);
        Assert.Equal((24, 32), (image.Width, image.Height));
    }

    [Fact]
    public async Task Lower_strength_stays_closer_to_the_original_image()
    {
        using var generator = TestModels.Open(TestModels.Emoji, new LatentDiffusionOptions { Steps = 20 });
        using var original = ImageFile.Decode(TestModels.Photo);

        async Task<double> DifferenceAt(double strength)
        {
            var response = await generator.EditImageAsync(
                new DataContent(TestModels.Photo, "image/png"), "Flags", new() { AdditionalProperties = new() { ["Strength"] = strength, ["Seed"] = 1 } });
            using var edited = ImageFile.Decode(((DataContent)response.Contents[0]).Data.Span);
            using var difference = (original.ToTensor() - edited.ToTensor()).abs().mean();
            return difference.item<float>();
        }

        var (little, much) = (await DifferenceAt(0.1), await DifferenceAt(0.9));

        Assert.InRange(little, 0.001, 0.1);     // the first stage by itself changes that much
        Assert.InRange(much, 2 * little, 2);
    }

    [Fact]
    public async Task Pixels_that_a_mask_keeps_do_not_change()
    {
        using var generator = TestModels.OpenSmall("unconditional");
        using var half = SmallDiffusion.Mask(1, 16, 16);
        using var mask = half.ToImage(Torch.Tensors.PixelRange.ZeroToOne);
        using var picture = SmallDiffusion.Rows([5], 3, 16, 16);
        using var original = picture.ToImage();

        var response = await generator.EditImageAsync(new DataContent(original.ToPng(), "image/png"), "", new()
        {
            AdditionalProperties = new() { ["Mask"] = new DataContent(mask.ToPng(), "image/png"), ["Seed"] = 1 },
        });

        using var painted = ImageFile.Decode(((DataContent)response.Contents[0]).Data.Span);
        Assert.Equal(Columns(original, 0, 8), Columns(painted, 0, 8));
        Assert.NotEqual(Columns(original, 8, 16), Columns(painted, 8, 16));
    }

    [Fact]
    public async Task A_super_resolution_model_enlarges_an_image()
    {
        using var generator = TestModels.OpenSmall("super-resolution");
        using var small = SmallDiffusion.Rows([5], 3, 8, 8);
        using var original = small.ToImage();

        var response = await generator.EditImageAsync(new DataContent(original.ToPng(), "image/png"), "");

        using var large = ImageFile.Decode(((DataContent)response.Contents[0]).Data.Span);
        Assert.Equal((16, 16), (large.Width, large.Height));
    }

    [Fact]
    public async Task Options_that_went_through_JSON_have_the_same_meaning()
    {
        using var generator = TestModels.OpenSmall("labels");
        var options = new ImageGenerationOptions
        {
            AdditionalProperties = new() { ["Seed"] = 4, ["Steps"] = 3, ["Sampler"] = "euler-a", ["GuidanceScale"] = 2, ["GuidanceRescale"] = 0.5 },
        };

        var read = JsonSerializer.Deserialize<ImageGenerationOptions>(JsonSerializer.Serialize(options, AIJsonUtilities.DefaultOptions), AIJsonUtilities.DefaultOptions);

        Assert.IsType<JsonElement>(read!.AdditionalProperties!["Seed"]);
        Assert.Equal(
            Bytes((await generator.GenerateImagesAsync("dog", options)).Contents[0]), Bytes((await generator.GenerateImagesAsync("dog", read)).Contents[0]));
    }

    [Fact]
    public async Task The_librarys_own_settings_set_everything_else()
    {
        using var generator = TestModels.OpenSmall("labels");
        var settings = new GenerationSettings { GuidanceScale = 3, GuidanceInterval = new GuidanceInterval { HighestSigma = 5 } };
        IImageGenerator? asked = null;

        var response = await generator.GenerateImagesAsync("dog", new ImageGenerationOptions
        {
            RawRepresentationFactory = given =>
            {
                asked = given;
                return settings;
            },
            AdditionalProperties = new() { ["Seed"] = 4 },
        });

        using var model = SmallDiffusion.Create("labels");
        using var expected = model.Generate("dog", seed: 4, settings);
        Assert.Equal(expected.ToPng(), Bytes(response.Contents[0]));
        Assert.Same(generator, asked);
    }

    private static byte[] Bytes(AIContent content) => ((DataContent)content).Data.ToArray();

    private static byte[] Columns(Microsoft.ML.Data.MLImage image, int from, int to)
    {
        using var pixels = image.ToTensor();
        using var part = pixels.narrow(3, from, to - from).contiguous();
        return part.bytes.ToArray();
    }

    private static async Task<byte[]> Png(LatentDiffusionImageGenerator generator, string prompt, AdditionalPropertiesDictionary properties) =>
        Bytes((await generator.GenerateImagesAsync(prompt, new ImageGenerationOptions { AdditionalProperties = properties })).Contents[0]);
}
