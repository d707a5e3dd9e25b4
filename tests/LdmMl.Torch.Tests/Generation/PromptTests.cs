using LdmMl.Torch.Arguments;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Generation;

/// <summary>A tiny Stable Diffusion 1 from text to image; golden cases compare its results with diffusers.</summary>
public class PromptTests
{
    private static readonly string Folder = Path.Combine(RealData.Repository, "tests", "LdmMl.Torch.Tests", "Goldens", "sd-pipelines", "p01_sd1_txt2img");

    private static readonly GenerationSettings Guided = new()
    {
        Sampling = new SamplingSettings { Sampler = new DdimSampler(), Steps = 2 }, GuidanceScale = 5,
    };

    [Fact]
    public void A_prompt_determines_the_image_and_a_negative_one_changes_it()
    {
        using var model = LatentDiffusionModel.Load(Folder);
        using var scope = NewDisposeScope();

        var cat = model.Generate(new GenerationBatch { Seeds = [1], Prompts = ["a cat"] }, Guided);
        var dog = model.Generate(new GenerationBatch { Seeds = [1], Prompts = ["a dog"] }, Guided);
        var lessBlurred = model.Generate(new GenerationBatch { Seeds = [1], Prompts = ["a cat"], NegativePrompts = ["blurry"] }, Guided);
        var lessNothing = model.Generate(new GenerationBatch { Seeds = [1], Prompts = ["a cat"], NegativePrompts = [""] }, Guided);

        Assert.False(cat.equal(dog).all().item<bool>());
        Assert.False(cat.equal(lessBlurred).all().item<bool>());
        Assert.True(cat.equal(lessNothing).all().item<bool>());
    }

    [Fact]
    public void A_row_is_the_same_by_itself_and_among_other_prompts()
    {
        using var model = LatentDiffusionModel.Load(Folder);
        using var scope = NewDisposeScope();
        string[] texts = ["a cat", "a dog in the rain, oil on canvas", "a cat"];

        var together = model.Generate(new GenerationBatch { Seeds = [1, 2, 3], Prompts = texts }, Guided);

        for (var row = 0; row < texts.Length; row++)
        {
            var alone = model.Generate(new GenerationBatch { Seeds = [row + 1], Prompts = [texts[row]] }, Guided);
            Assert.True(alone[0].equal(together[row]).all().item<bool>(), $"row {row}");
        }
    }

    [Fact]
    public void One_prompt_can_be_used_for_all_rows()
    {
        using var model = LatentDiffusionModel.Load(Folder);
        using var scope = NewDisposeScope();

        var one = model.Generate(new GenerationBatch { Seeds = [1, 2], Prompts = ["a cat"] }, Guided);
        var each = model.Generate(new GenerationBatch { Seeds = [1, 2], Prompts = ["a cat", "a cat"] }, Guided);

        Assert.True(one.equal(each).all().item<bool>());
    }

    [Fact]
    public void A_saved_model_encodes_the_same_text_and_has_the_same_tokenizer()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            using var model = LatentDiffusionModel.Load(Folder);
            model.Save(folder);
            using var again = LatentDiffusionModel.Load(folder);
            using var scope = NewDisposeScope();
            var batch = new GenerationBatch { Seeds = [4], Prompts = ["a red cat!"] };

            Assert.True(model.Generate(batch, Guided).equal(again.Generate(batch, Guided)).all().item<bool>());
            Assert.Equal(File.ReadAllBytes(Path.Combine(Folder, "tokenizer", "vocab.json")), File.ReadAllBytes(Path.Combine(folder, "tokenizer", "vocab.json")));
            Assert.Contains("\"transformers\"", File.ReadAllText(Path.Combine(folder, "model_index.json")), StringComparison.Ordinal);
            Assert.True(File.Exists(Path.Combine(folder, "text_encoder", "model.safetensors")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Without_its_text_encoder_a_model_says_what_to_do()
    {
        using var model = LatentDiffusionModel.Load(Folder, new LatentDiffusionLoadOptions { OpenTextEncoder = false });

        Assert.Null(model.TextEncoder);
        Assert.Contains("No CLIPTextModel was opened", Assert.Single(model.LoadReport.Notes), StringComparison.Ordinal);
        var error = Assert.Throws<OptionException>(() => model.Generate(new GenerationBatch { Seeds = [1], Prompts = ["a cat"] }));
        Assert.Contains("no text encoder was opened with this model", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_encoder_can_be_plugged_in()
    {
        using var closed = LatentDiffusionModel.Load(Folder, new LatentDiffusionLoadOptions { OpenTextEncoder = false });
        using var encoder = TextEncoderModel.Load(Folder);
        using var model = closed.With(encoder);
        using var whole = LatentDiffusionModel.Load(Folder);
        using var scope = NewDisposeScope();
        var batch = new GenerationBatch { Seeds = [1], Prompts = ["a cat"] };

        Assert.True(model.Generate(batch, Guided).equal(whole.Generate(batch, Guided)).all().item<bool>());
    }

    [Theory]
    [InlineData("negative without guidance", "GuidanceScale is 1, so there is no guidance away from it")]
    [InlineData("negative alone", "they need Prompts, and there are none")]
    [InlineData("two for three", "give one for each of the 3 seeds, or one for all")]
    [InlineData("null", "it must not be null; \"\" is the empty text")]
    [InlineData("context too", "Context is given too; give texts or tokens")]
    [InlineData("nothing", "this model needs context tokens; give prompts for its text encoder")]
    public void Unused_and_missing_arguments_are_refused(string given, string reason)
    {
        using var model = LatentDiffusionModel.Load(Folder);
        using var context = zeros(3, 77, 32);
        var batch = new GenerationBatch { Seeds = [1, 2, 3], Prompts = ["a cat"] };
        batch = given switch
        {
            "negative without guidance" => batch with { NegativePrompts = ["blurry"] },
            "negative alone" => batch with { Prompts = null, NegativePrompts = ["blurry"] },
            "two for three" => batch with { Prompts = ["a", "b"] },
            "null" => batch with { Prompts = [null!] },
            "context too" => batch with { Context = context },
            _ => batch with { Prompts = null },
        };

        var error = Assert.Throws<OptionException>(() => model.Generate(batch));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Encoding_and_generating_leak_no_tensor()
    {
        using var model = LatentDiffusionModel.Load(Folder);
        var batch = new GenerationBatch { Seeds = [1, 2], Prompts = ["a cat", "a dog"], NegativePrompts = ["blurry"] };
        model.Generate(batch, Guided).Dispose();
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

        model.Generate(batch, Guided).Dispose();

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Tokens_are_counted_before_texts_are_cut()
    {
        using var encoder = TextEncoderModel.Load(Folder);

        Assert.Equal(2, encoder.CountTokens("a a"));
        Assert.Equal(100, encoder.CountTokens(string.Join(' ', Enumerable.Repeat("a", 100))));
        Assert.Equal((77, 32, 32), (encoder.Tokens, encoder.Width, encoder.PooledWidth));
    }

    [Fact]
    public void A_tokenizer_of_another_model_is_refused()
    {
        var error = Assert.Throws<CheckpointException>(() => TextEncoderModel.Load(
            Folder, new TextEncoderLoadOptions { TokenizerPath = Path.Combine(Folder, "unet") }));

        Assert.Contains("it contains no tokenizer", error.Message, StringComparison.Ordinal);
    }
}
