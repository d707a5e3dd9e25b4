using LdmMl.Torch.Arguments;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Generation;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Tests.Generation;

/// <summary>LoRA files, learned words and texts for a second encoder in a pipeline.</summary>
public sealed class GenerationAdapterTests : IDisposable
{
    private static readonly GenerationSettings Short = new()
    {
        GuidanceScale = 5, Sampling = new SamplingSettings { Sampler = new DdimSampler(), Steps = 2 }, Width = 32, Height = 32,
    };

    private static readonly GenerateImagesOptions Options = new()
    {
        OutputColumnName = "Image", LatentColumnName = "Latent", PromptColumnName = "Prompt", Settings = Short,
    };

    private static readonly TextRow[] Rows =
    [
        new() { Seed = 1, Prompt = "a cat", Negative = "blurry", Second = "oil", SecondNegative = "photo" },
        new() { Seed = 2, Prompt = $"a {SmallAdapters.Word}", Negative = "", Second = "ink", SecondNegative = "" },
    ];

    private readonly MLContext context = new(seed: 1);
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_pipeline_with_adapters_is_the_pipeline_of_a_model_with_them_and_a_model_file_keeps_them()
    {
        var (lora, word) = (SmallAdapters.WriteLora(folder.File("ink.safetensors")), SmallAdapters.WriteEmbedding(folder.File("toy.safetensors")));
        using var model = LatentDiffusionModel.Load(SmallAdapters.Model);
        using var styled = model.WithLora(lora, 0.5);
        using var taught = styled.WithEmbedding(word);
        using var generate = context.Transforms
            .GenerateImages(model, Options with { Loras = [new WeightedLora(lora, 0.5)], EmbeddingPaths = [word] }).Fit(View());
        var expected = taught.GenerateLatents(new GenerationBatch { Seeds = [1, 2], Prompts = [.. Rows.Select(row => row.Prompt)] }, Short);

        using var file = new MemoryStream();
        context.Model.Save(generate, View().Schema, file);
        File.Delete(lora);
        File.Delete(word);
        file.Position = 0;
        var loaded = context.Model.Load(file, out _);

        Assert.Equal([.. expected.data<float>()], Latents(generate));
        Assert.Equal(Latents(generate), Latents(loaded));
        Assert.NotEqual(Latents(generate), Latents(context.Transforms.GenerateImages(model, Options).Fit(View())));
        expected.Dispose();
        (loaded as IDisposable)?.Dispose();
    }

    [Fact]
    public void An_adapter_that_does_not_fit_is_refused_when_the_pipeline_is_fitted()
    {
        using var model = LatentDiffusionModel.Load(SmallAdapters.Model);
        var pipeline = context.Transforms.GenerateImages(model, Options with { EmbeddingPaths = [folder.File("no.safetensors")] });

        Assert.Contains("no.safetensors", Assert.Throws<CheckpointException>(() => pipeline.Fit(View())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_second_encoder_reads_columns_of_its_own()
    {
        SmallXl.WriteFolder(folder.File("xl"));
        using var model = LatentDiffusionModel.Load(folder.File("xl"));
        using var generate = context.Transforms.GenerateImages(model, Options with
        {
            NegativePromptColumnName = "Negative", SecondPromptColumnName = "Second", SecondNegativePromptColumnName = "SecondNegative",
        }).Fit(View());
        using var expected = model.GenerateLatents(
            new GenerationBatch
            {
                Seeds = [1, 2], Prompts = [.. Rows.Select(row => row.Prompt)], NegativePrompts = [.. Rows.Select(row => row.Negative)],
                SecondPrompts = [.. Rows.Select(row => row.Second)], SecondNegativePrompts = [.. Rows.Select(row => row.SecondNegative)],
            },
            Short);

        Assert.Equal([.. expected.data<float>()], Latents(generate));
    }

    [Fact]
    public void Columns_for_a_second_encoder_that_is_not_there_are_refused_before_any_row()
    {
        using var model = LatentDiffusionModel.Load(SmallAdapters.Model);
        string Refused(GenerateImagesOptions options) =>
            Assert.Throws<OptionException>(() => context.Transforms.GenerateImages(model, options)).Message;

        Assert.Equal(
            "SecondPromptColumnName is 'Second'; this model has no second text encoder of its own, as SDXL has; leave them out.",
            Refused(Options with { SecondPromptColumnName = "Second" }));
        Assert.Equal(
            "SecondNegativePromptColumnName is 'Second'; it needs NegativePromptColumnName too; give both or neither.",
            Refused(Options with { SecondNegativePromptColumnName = "Second" }));
    }

    private IDataView View() => context.Data.LoadFromEnumerable(Rows);

    private float[] Latents(ITransformer transformer) =>
        [.. transformer.Transform(View()).GetColumn<VBuffer<float>>("Latent").SelectMany(latent => latent.DenseValues().ToArray())];

    private sealed class TextRow
    {
        public long Seed { get; init; }

        public required string Prompt { get; init; }

        public required string Negative { get; init; }

        public required string Second { get; init; }

        public required string SecondNegative { get; init; }
    }
}
