using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Text;
using LdmMl.Transforms.EncodeText;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Tests.TextEncoding;

/// <summary>Texts as a column, with the encoder of the tiny Stable Diffusion 1 of the goldens.</summary>
public sealed class EncodeTextTests : IDisposable
{
    private static readonly string Folder = Path.Combine(RealData.Repository, "tests", "LdmMl.Torch.Tests", "Goldens", "sd-pipelines", "p01_sd1_txt2img");

    private static readonly TextRow[] Rows =
    [
        new() { Seed = 1, Prompt = "a cat" }, new() { Seed = 2, Prompt = "" }, new() { Seed = 3, Prompt = "a dog in the rain" },
        new() { Seed = 4, Prompt = "a cat" }, new() { Seed = 5, Prompt = "a boat" },
    ];

    private readonly MLContext context = new(seed: 1);
    private readonly TextEncoderModel encoder = TextEncoderModel.Load(Folder);

    private static EncodeTextOptions Options { get; } = new() { OutputColumnName = "Tokens", InputColumnName = "Prompt", PooledColumnName = "Pooled" };

    public void Dispose() => encoder.Dispose();

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(16, true)]
    public void A_row_equals_that_of_the_encoder_in_any_batch(int batchSize, bool prefetch)
    {
        using var expected = encoder.Encode([.. Rows.Select(row => row.Prompt)]);

        using var encode = context.Transforms.EncodeText(encoder, Options with { BatchSize = batchSize, Prefetch = prefetch }).Fit(View());

        Assert.Equal([.. expected.Context.data<float>()], Values(encode, "Tokens").SelectMany(values => values));
        Assert.Equal([.. expected.Pooled!.data<float>()], Values(encode, "Pooled").SelectMany(values => values));
    }

    [Fact]
    public void Columns_state_the_number_and_width_of_tokens()
    {
        using var encode = context.Transforms.EncodeText(encoder, Options).Fit(View());

        var schema = encode.Transform(View()).Schema;

        Assert.Equal($"Vector<Single, {encoder.Tokens}, {encoder.Width}>", schema["Tokens"].Type.ToString());
        Assert.Equal($"Vector<Single, {encoder.PooledWidth}>", schema["Pooled"].Type.ToString());
    }

    [Fact]
    public void A_row_is_the_same_through_a_prediction_engine()
    {
        using var encode = context.Transforms.EncodeText(encoder, Options).Fit(View());
        var expected = Values(encode, "Tokens");
        using var engine = context.Model.CreatePredictionEngine<TextRow, TokenRow>(encode, new PredictionEngineOptions { OwnsTransformer = false });

        Assert.All(Rows.Select((row, index) => (row, index)), pair => Assert.Equal(expected[pair.index], engine.Predict(pair.row).Tokens));
    }

    [Fact]
    public void A_model_file_contains_the_encoder()
    {
        using var encode = context.Transforms.EncodeText(encoder, Options with { BatchSize = 2 }).Fit(View());
        using var file = new MemoryStream();
        context.Model.Save(encode, View().Schema, file);
        file.Position = 0;

        using var loaded = (EncodeTextTransformer)new MLContext().Model.Load(file, out _);

        Assert.Equal(Options with { BatchSize = 2 }, loaded.Options);
        Assert.Equal(Values(encode, "Tokens"), Values(loaded, "Tokens"));
        Assert.Equal(Values(encode, "Pooled"), Values(loaded, "Pooled"));
    }

    [Fact]
    public void A_model_file_keeps_the_rules_for_cleaning_texts()
    {
        var rows = context.Data.LoadFromEnumerable(new[] { new TextRow { Prompt = "a &amp;amp; b" } });
        using var other = TextEncoderModel.Load(Folder, new TextEncoderLoadOptions { Rules = TextRules.OpenAi });
        using var usual = context.Transforms.EncodeText("Tokens", encoder, "Prompt").Fit(rows);
        using var encode = context.Transforms.EncodeText("Tokens", other, "Prompt").Fit(rows);
        using var file = new MemoryStream();
        context.Model.Save(encode, rows.Schema, file);
        file.Position = 0;

        using var loaded = (EncodeTextTransformer)context.Model.Load(file, out _);

        Assert.Equal(Values(encode, "Tokens", rows), Values(loaded, "Tokens", rows));
        Assert.NotEqual(Values(usual, "Tokens", rows), Values(loaded, "Tokens", rows));
    }

    [Fact]
    public void Images_of_an_encoded_column_equal_those_of_its_prompts()
    {
        using var model = LatentDiffusionModel.Load(Folder);
        var settings = new GenerationSettings { Sampling = new SamplingSettings { Sampler = new DdimSampler(), Steps = 2 } };
        var generate = new GenerateImagesOptions { OutputColumnName = "Image", LatentColumnName = "Latent", Settings = settings };
        using var whole = context.Transforms.GenerateImages(model, generate with { PromptColumnName = "Prompt" }).Fit(View());

        using var split = context.Transforms.EncodeText("Tokens", model, "Prompt")
            .Append(context.Transforms.GenerateImages(model, generate with { ContextColumnName = "Tokens" })).Fit(View());

        Assert.Equal(Values(whole, "Latent"), Values(split, "Latent"));
    }

    [Fact]
    public void The_column_can_replace_its_text()
    {
        using var encode = context.Transforms.EncodeText("Prompt", encoder).Fit(View());

        Assert.Equal(encoder.Tokens * encoder.Width, Values(encode, "Prompt")[0].Length);
    }

    [Fact]
    public void Unsupported_options_are_refused_before_any_row()
    {
        Assert.Contains("a text encoder has no convolutions", Refused(Options with { Convolutions = ConvolutionMode.Exact }), StringComparison.Ordinal);
        Assert.Contains("a text encoder computes in Float32", Refused(Options with { Precision = ModelPrecision.BFloat16 }), StringComparison.Ordinal);
        Assert.Contains("OutputColumnName is the same", Refused(Options with { PooledColumnName = "Tokens" }), StringComparison.Ordinal);
        using var closed = LatentDiffusionModel.Load(Folder, new LatentDiffusionLoadOptions { OpenTextEncoder = false });
        Assert.Contains(
            "the model has no text encoder", Assert.Throws<OptionException>(() => context.Transforms.EncodeText("Tokens", closed)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "Column 'Seed' holds Int64; text is needed.",
            Assert.Throws<ArgumentException>(() => context.Transforms.EncodeText("Tokens", encoder, "Seed").Fit(View())).Message, StringComparison.Ordinal);
    }

    private string Refused(EncodeTextOptions options) =>
        Assert.Throws<OptionException>(() => context.Transforms.EncodeText(encoder, options)).Message;

    private IDataView View() => context.Data.LoadFromEnumerable(Rows);

    private float[][] Values(ITransformer transformer, string column, IDataView? rows = null) =>
        [.. transformer.Transform(rows ?? View()).GetColumn<VBuffer<float>>(column).Select(values => values.DenseValues().ToArray())];

    private sealed class TextRow
    {
        public long Seed { get; init; }

        public string Prompt { get; init; } = "";
    }

    private sealed class TokenRow
    {
        public float[] Tokens { get; set; } = [];
    }
}
