using LdmMl.Torch.Arguments;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Generation;

/// <summary>Textual inversion on a tiny Stable Diffusion 1; a golden case compares its results with diffusers.</summary>
public sealed class EmbeddingTests : IDisposable
{
    private static readonly string Model = Path.Combine(RealData.Repository, "tests", "LdmMl.Torch.Tests", "Goldens", "sd-pipelines", "p01_sd1_txt2img");

    private static readonly GenerationSettings Short = new() { Sampling = new SamplingSettings { Sampler = new DdimSampler(), Steps = 2 } };

    private readonly string folder = Directory.CreateTempSubdirectory("embedding-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_word_stands_for_its_vectors_and_the_original_model_does_not_know_it()
    {
        using var scope = NewDisposeScope();
        using var model = LatentDiffusionModel.Load(Model);
        using var taught = model.WithEmbedding(File(("<toy>", randn(3, 32))));
        var (before, after) = ((TextEncoderModel)model.TextEncoder!, (TextEncoderModel)taught.TextEncoder!);

        Assert.Equal(3, after.CountTokens("<toy>"));
        Assert.NotEqual(3, before.CountTokens("<toy>"));
        Assert.Equal(["<toy>"], taught.Words);
        Assert.Empty(model.Words);
        Assert.EndsWith(", with the word '<toy>'", taught.ToString(), StringComparison.Ordinal);
        using var shared = taught.Share();
        Assert.Equal(taught.ToString(), shared.ToString());
    }

    [Fact]
    public void A_prompt_without_the_word_gives_the_same_image_and_one_with_the_word_a_different_one()
    {
        using var scope = NewDisposeScope();
        using var model = LatentDiffusionModel.Load(Model);
        using var taught = model.WithEmbedding(File(("<toy>", randn(32))));
        GenerationBatch Of(string prompt) => new() { Seeds = [1], Prompts = [prompt] };

        Assert.True(model.Generate(Of("a cat"), Short).equal(taught.Generate(Of("a cat"), Short)).all().item<bool>());
        Assert.False(model.Generate(Of("a <toy>"), Short).equal(taught.Generate(Of("a <toy>"), Short)).all().item<bool>());
    }

    [Fact]
    public void A_saved_model_knows_the_word_with_all_its_vectors()
    {
        using var scope = NewDisposeScope();
        using var model = LatentDiffusionModel.Load(Model);
        using var taught = model.WithEmbedding(File(("<toy>", randn(2, 32))));

        taught.Save(Path.Combine(folder, "saved"));
        using var again = LatentDiffusionModel.Load(Path.Combine(folder, "saved"));

        var batch = new GenerationBatch { Seeds = [1], Prompts = ["a <toy>"] };
        Assert.True(taught.Generate(batch, Short).equal(again.Generate(batch, Short)).all().item<bool>());
        Assert.Equal(2, ((TextEncoderModel)again.TextEncoder!).CountTokens("<toy>"));
    }

    [Fact]
    public void Without_a_word_in_the_file_the_file_name_or_the_callers_word_is_used()
    {
        using var scope = NewDisposeScope();
        using var model = LatentDiffusionModel.Load(Model);
        var path = File(("emb_params", randn(1, 32)));

        using var asFile = model.WithEmbedding(path);
        using var asSaid = model.WithEmbedding(path, "my word");

        Assert.Equal(["embedding"], asFile.Words);
        Assert.Equal(["my word"], asSaid.Words);
        Assert.Equal(1, ((TextEncoderModel)asSaid.TextEncoder!).CountTokens("my word"));
    }

    [Theory]
    [InlineData("width", "its vectors are 31 wide, but this model's text_encoder is 32 wide")]
    [InlineData("two encoders", "it has vectors for 2 text encoders, and this model has 1")]
    [InlineData("many", "it is not a textual inversion: it has 2 tensors, such as 'a'")]
    [InlineData("matrix", "it is not a textual inversion: '<toy>' is [1, 2, 32]")]
    [InlineData("not finite", "contains numbers that are not finite")]
    [InlineData("known", "its word 'a</w>' is already a token of the model; choose another word")]
    public void A_file_that_is_no_usable_embedding_is_refused_with_the_reason(string kind, string reason)
    {
        using var scope = NewDisposeScope();
        using var model = LatentDiffusionModel.Load(Model);
        var path = File(kind switch
        {
            "width" => [("<toy>", zeros(31))],
            "two encoders" => [("clip_l", zeros(1, 32)), ("clip_g", zeros(1, 32))],
            "many" => [("a", zeros(32)), ("b", zeros(32))],
            "matrix" => [("<toy>", zeros(1, 2, 32))],
            "not finite" => [("<toy>", zeros(32) / zeros(32))],
            _ => [("a</w>", zeros(32))],
        });

        var error = Assert.Throws<CheckpointException>(() => model.WithEmbedding(path));

        Assert.Equal(path, error.Path);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Words_cannot_be_added_without_the_models_own_open_encoder()
    {
        using var scope = NewDisposeScope();
        using var closed = LatentDiffusionModel.Load(Model, new LatentDiffusionLoadOptions { OpenTextEncoder = false });
        using var encoder = TextEncoderModel.Load(Model);
        using var plugged = closed.With(encoder);
        var path = File(("<toy>", zeros(32)));

        Assert.Contains("none was opened", Assert.Throws<OptionException>(() => closed.WithEmbedding(path)).Message, StringComparison.Ordinal);
        Assert.Contains("none was opened", Assert.Throws<OptionException>(() => plugged.WithEmbedding(path)).Message, StringComparison.Ordinal);
        Assert.Contains("must not be empty", Assert.Throws<OptionException>(() => closed.WithEmbedding(path, "")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Adding_and_refusing_words_leak_no_tensor()
    {
        using var scope = NewDisposeScope();
        using var model = LatentDiffusionModel.Load(Model);
        var (good, bad) = (File(("<toy>", zeros(2, 32))), Path.Combine(folder, "bad.safetensors"));
        SafetensorsFile.Write(bad, [KeyValuePair.Create("<toy>", zeros(2, 31))]);
        void Teach()
        {
            model.WithEmbedding(good).Dispose();
            Assert.Throws<CheckpointException>(() => model.WithEmbedding(bad));
        }

        Teach();
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        Teach();

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    private string File(params (string Key, Tensor Value)[] entries)
    {
        var path = Path.Combine(folder, "embedding.safetensors");
        SafetensorsFile.Write(path, entries.Select(entry => KeyValuePair.Create(entry.Key, entry.Value)));
        return path;
    }
}
