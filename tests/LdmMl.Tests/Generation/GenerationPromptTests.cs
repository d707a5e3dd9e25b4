using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Generation;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Tests.Generation;

/// <summary>Prompts as a column, with the tiny Stable Diffusion 1 of the goldens.</summary>
public sealed class GenerationPromptTests : IDisposable
{
    private readonly MLContext context = new(seed: 1);
    private readonly LatentDiffusionModel model = LatentDiffusionModel.Load(
        Path.Combine(RealData.Repository, "tests", "LdmMl.Torch.Tests", "Goldens", "sd-pipelines", "p01_sd1_txt2img"));

    private static readonly PromptRow[] Rows =
    [
        new() { Seed = 1, Prompt = "a cat", Negative = "blurry" }, new() { Seed = 2, Prompt = "a dog in the rain", Negative = "" },
        new() { Seed = 3, Prompt = "a cat", Negative = "text" },
    ];

    private static GenerateImagesOptions Options { get; } = new()
    {
        OutputColumnName = "Image", LatentColumnName = "Latent", PromptColumnName = "Prompt", NegativePromptColumnName = "Negative",
        Settings = new GenerationSettings { GuidanceScale = 5, Sampling = new SamplingSettings { Sampler = new DdimSampler(), Steps = 2 } },
    };

    public void Dispose() => model.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_latent_of_a_prompt_equals_that_of_the_model_in_any_batch(int batchSize)
    {
        using var expected = model.GenerateLatents(
            new GenerationBatch { Seeds = [1, 2, 3], Prompts = [.. Rows.Select(row => row.Prompt)], NegativePrompts = [.. Rows.Select(row => row.Negative)] },
            Options.Settings);

        var latents = Latents(context.Transforms.GenerateImages(model, Options with { BatchSize = batchSize }).Fit(View()));

        Assert.Equal([.. expected.data<float>()], latents.SelectMany(latent => latent));
    }

    [Fact]
    public void A_model_file_contains_the_text_encoder()
    {
        using var generate = context.Transforms.GenerateImages(model, Options).Fit(View());
        var expected = Latents(generate);
        using var file = new MemoryStream();
        context.Model.Save(generate, View().Schema, file);
        file.Position = 0;

        var loaded = context.Model.Load(file, out _);

        Assert.Equal(expected, Latents(loaded));
        (loaded as IDisposable)?.Dispose();
    }

    [Fact]
    public void Prompts_without_effect_are_refused_before_any_row()
    {
        using var closed = LatentDiffusionModel.Load(model.Source, new LatentDiffusionLoadOptions { OpenTextEncoder = false });
        Assert.Contains("no text encoder was opened with this model", Refused(closed, Options), StringComparison.Ordinal);
        Assert.Contains(
            "GuidanceScale is 1, so there is no guidance away from it", Refused(model, Options with { Settings = new GenerationSettings() }), StringComparison.Ordinal);
        Assert.Contains("there is no PromptColumnName", Refused(model, Options with { PromptColumnName = null }), StringComparison.Ordinal);
        Assert.Contains("give prompts or tokens", Refused(model, Options with { ContextColumnName = "Tokens" }), StringComparison.Ordinal);
    }

    [Fact]
    public void One_call_generates_an_image_from_a_prompt()
    {
        using var image = model.Generate(seed: 1, prompt: "a cat", settings: Options.Settings);

        Assert.Equal((16, 16), (image.Width, image.Height));
    }

    private static string Refused(LatentDiffusionModel model, GenerateImagesOptions options) =>
        Assert.Throws<OptionException>(() => new MLContext().Transforms.GenerateImages(model, options)).Message;

    private IDataView View() => context.Data.LoadFromEnumerable(Rows);

    private float[][] Latents(ITransformer transformer) =>
        [.. transformer.Transform(View()).GetColumn<VBuffer<float>>("Latent").Select(latent => latent.DenseValues().ToArray())];

    private sealed class PromptRow
    {
        public long Seed { get; init; }

        public required string Prompt { get; init; }

        public required string Negative { get; init; }
    }
}
