using System.Drawing;
using LdmMl.Torch.Arguments;
using Microsoft.Extensions.AI;

namespace LdmMl.Extensions.Tests;

/// <summary>Impossible requests, and their error messages.</summary>
public class ImageGeneratorErrorsTests
{
    public static TheoryData<string, object, string> BadProperties() => new()
    {
        { "Sead", 1, "Sead is 1; requests have no such property; the properties are Seed, Steps, Sampler, GuidanceScale, GuidanceRescale, "
            + "NegativePrompt, SecondPrompt, SecondNegativePrompt, Strength, Mask, ImageRule." },
        { "SecondPrompt", 7, "SecondPrompt is 7; it must be a string." },
        { "Seed", 1.5, "Seed is 1.5; it must be a whole number." },
        { "Seed", "seven", "Seed is 'seven'; it must be a whole number." },
        { "Steps", 0, "Steps is 0; it must be in [1, 2147483647]." },
        { "GuidanceScale", "much", "GuidanceScale is 'much'; it must be a number." },
        { "GuidanceScale", -1.0, "GuidanceScale is -1; it must be at least 0; 1 means no guidance." },
        { "NegativePrompt", 7, "NegativePrompt is 7; it must be a string." },
        { "Strength", 0.5, "Strength is 0.5; there are no images to start from; give InitialImages, or leave it at 1." },
        { "ImageRule", "Python", "ImageRule is 'Python'; it must be one of Mean, Diffusers, DiffusersLegacy, DiffusersLegacyPredictedNoise." },
        { "Mask", "mask.png", "Mask is 'mask.png'; it must be a DataContent, or a string with a data URI." },
    };

    [Theory]
    [MemberData(nameof(BadProperties))]
    public async Task An_invalid_property_is_refused_by_name(string name, object value, string message)
    {
        using var generator = TestModels.OpenSmall("labels");
        var options = new ImageGenerationOptions { AdditionalProperties = new() { [name] = value } };

        Assert.Equal(message, (await Assert.ThrowsAsync<OptionException>(() => generator.GenerateImagesAsync("cat", options))).Message);
    }

    public static TheoryData<string, string, ImageGenerationOptions, string> BadRequests() => new()
    {
        { "labels", "cow", new(), "Prompt is 'cow'; the prompt must be one of the model's labels: 'cat', 'dog', 'überfrog'." },
        { "labels without null label", "3", new(), "Prompt is '3'; this model's labels have no names; give a number from 0 to 2." },
        { "unconditional", "a cat", new(), "Prompt is 'a cat'; this model was trained without prompts and labels; leave the prompt empty." },
        { "labels", "", new() { AdditionalProperties = new() { ["GuidanceScale"] = 2 } },
            "GuidanceScale is 2; there is no label to steer towards; name one in the prompt, or leave it at 1." },
        { "unconditional", "", new() { Count = 17 }, "Count is 17; it must be in [1, 16]." },
        { "unconditional", "", new() { Count = 0 }, "Count is 0; it must be in [1, 16]." },
        { "unconditional", "", new() { ModelId = "dall-e-3" }, "ModelId is 'dall-e-3'; this generator has only the model 'random weights, seed 2'." },
        { "unconditional", "", new() { ResponseFormat = ImageGenerationResponseFormat.Uri },
            "ResponseFormat is Uri; images are returned as data; leave it out." },
        { "unconditional", "", new() { StreamingCount = 2 }, "StreamingCount is 2; only finished images are returned; leave it out." },
        { "unconditional", "", new() { MediaType = "image/gif" }, "MediaType is 'image/gif'; it must be image/png or image/jpeg." },
        { "unconditional", "", new() { ImageSize = new Size(17, 16) },
            "Width is 17; it must be a positive multiple of 4: 2 for the first stage, times 2 for the U-Net." },
        { "unconditional", "", new() { ImageSize = new Size(4096, 2048) },
            "ImageSize is '4096x2048'; it must have at most 4194304 pixels (MaximumPixels)." },
        { "unconditional", "", new() { RawRepresentationFactory = _ => "fast" },
            "RawRepresentationFactory is 'String'; it must return GenerationSettings, or null." },
    };

    [Theory]
    [MemberData(nameof(BadRequests))]
    public async Task A_request_that_cannot_be_met_is_refused_with_what_is_possible(string kind, string prompt, ImageGenerationOptions options, string message)
    {
        using var generator = TestModels.OpenSmall(kind);

        Assert.Equal(message, (await Assert.ThrowsAsync<OptionException>(() => generator.GenerateImagesAsync(prompt, options))).Message);
    }

    [Fact]
    public async Task Several_remote_or_invalid_original_images_are_refused()
    {
        using var generator = TestModels.OpenSmall("unconditional", new LatentDiffusionOptions { Steps = 2, MaximumPixels = 400 });
        var photo = new DataContent(TestModels.Photo, "image/png");

        var several = await Assert.ThrowsAsync<OptionException>(() => generator.EditImagesAsync([photo, photo], ""));
        var elsewhere = await Assert.ThrowsAsync<OptionException>(
            () => generator.EditImagesAsync([new UriContent("https://example.com/cat.png", "image/png")], ""));
        var text = await Assert.ThrowsAsync<ImageFileException>(
            () => generator.EditImageAsync(new DataContent("a cat"u8.ToArray(), "image/png") { Name = "cat.png" }, ""));
        var large = await Assert.ThrowsAsync<ImageFileException>(() => generator.EditImageAsync(photo, ""));

        Assert.Equal("OriginalImages is 2; give one image; for several, send a request for each.", several.Message);
        Assert.Equal("OriginalImages is 'UriContent'; give the image itself, as a DataContent; images are not downloaded.", elsewhere.Message);
        Assert.Contains("'cat.png'", text.Message, StringComparison.Ordinal);
        Assert.Contains("more than the 400 allowed", large.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disposed_generator_says_so_and_the_model_stays_usable()
    {
        using var model = SmallDiffusion.Create();
        var generator = new LatentDiffusionImageGenerator(model);
        generator.Dispose();
        generator.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => generator.GenerateImagesAsync(""));
        using var image = model.Generate(seed: 1);
        Assert.Equal(16, image.Width);
    }
}
