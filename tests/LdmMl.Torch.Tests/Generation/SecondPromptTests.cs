using LdmMl.Torch.Arguments;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Generation;

/// <summary>The two text encoders of a small SDXL: texts of their own, and blocks that are skipped.</summary>
public sealed class SecondPromptTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly LatentDiffusionModel model;

    public SecondPromptTests()
    {
        SmallXl.WriteFolder(folder.File("xl"));
        model = LatentDiffusionModel.Load(folder.File("xl"));
    }

    public void Dispose()
    {
        model.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void Without_a_second_prompt_both_encoders_read_the_first()
    {
        var batch = new GenerationBatch { Seeds = [1], Prompts = ["a cat"], NegativePrompts = ["blurry"] };

        Assert.Equal(Latents(batch), Latents(batch with { SecondPrompts = ["a cat"], SecondNegativePrompts = ["blurry"] }));
        Assert.NotEqual(Latents(batch), Latents(batch with { SecondPrompts = ["oil on canvas"] }));
        Assert.NotEqual(Latents(batch), Latents(batch with { SecondNegativePrompts = ["photo"] }));
    }

    [Fact]
    public void The_second_encoder_makes_the_pooled_vector_and_the_second_part_of_the_tokens_of_the_second_prompt()
    {
        var encoder = (TextEncoderModel)model.TextEncoder!;
        using var scope = NewDisposeScope();
        using var first = encoder.Encode(["a cat"]);
        using var second = encoder.Encode(["oil on canvas"]);
        var tokens = cat([first.Context.narrow(2, 0, 64), second.Context.narrow(2, 64, 128)], dim: 2);
        var given = new GenerationBatch
        {
            Seeds = [1], Context = tokens, Pooled = second.Pooled, UnconditionalContext = zeros_like(tokens), UnconditionalPooled = zeros_like(second.Pooled!),
        };

        // Without a negative prompt SDXL pushes away from zeros.
        Assert.Equal(Latents(given), Latents(new GenerationBatch { Seeds = [1], Prompts = ["a cat"], SecondPrompts = ["oil on canvas"] }));
    }

    [Fact]
    public void One_text_serves_all_rows_beside_one_for_each()
    {
        var each = new GenerationBatch
        {
            Seeds = [1, 2], Prompts = ["a cat", "a dog"], SecondPrompts = ["oil", "oil"], NegativePrompts = ["blurry", "blurry"],
            SecondNegativePrompts = ["photo", "text"],
        };

        Assert.Equal(Latents(each), Latents(each with { SecondPrompts = ["oil"], NegativePrompts = ["blurry"] }));
        Assert.Equal(
            Latents(each with { Prompts = ["a cat", "a cat"], SecondPrompts = ["oil", "ink"] }), Latents(each with { Prompts = ["a cat"], SecondPrompts = ["oil", "ink"] }));
    }

    public static TheoryData<GenerationBatch, string> Wrong() => new()
    {
        { new() { Seeds = [1], SecondPrompts = ["a"] }, "SecondPrompts is '1 texts'; they need Prompts, and there are none; leave them out." },
        {
            new() { Seeds = [1], Prompts = ["a"], SecondNegativePrompts = ["b"] },
            "SecondNegativePrompts is '1 texts'; they need NegativePrompts, and there are none; leave them out."
        },
        { new() { Seeds = [1, 2], Prompts = ["a"], SecondPrompts = ["b", "c", "d"] }, "SecondPrompts is 3; give one for each of the 2 seeds, or one for all." },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Texts_that_would_change_nothing_are_refused(GenerationBatch batch, string message) =>
        Assert.Equal(message, Assert.Throws<OptionException>(() => Latents(batch)).Message);

    [Fact]
    public void A_model_with_one_text_encoder_takes_no_second_prompt()
    {
        using var one = LatentDiffusionModel.Load(SmallAdapters.Model);

        var error = Assert.Throws<OptionException>(() => one.Generate(new() { Seeds = [1], Prompts = ["a"], SecondPrompts = ["b"] }));

        Assert.Equal("SecondPrompts is '1 texts'; this model has no second text encoder of its own, as SDXL has; leave them out.", error.Message);
    }

    [Fact]
    public void Skipped_blocks_are_kept_when_the_model_is_saved()
    {
        var batch = new GenerationBatch { Seeds = [1], Prompts = ["a cat"] };
        var options = new LatentDiffusionLoadOptions { Text = new TextEncoderLoadOptions { ClipSkip = 1 } };
        using var skipping = LatentDiffusionModel.Load(folder.File("xl"), options);
        skipping.Save(folder.File("saved"));
        using var saved = LatentDiffusionModel.Load(folder.File("saved"));

        Assert.NotEqual(Latents(batch), Latents(batch, skipping));
        Assert.Equal(Latents(batch, skipping), Latents(batch, saved));
    }

    [Fact]
    public void More_skipped_blocks_than_there_are_are_refused_whether_asked_for_or_stored()
    {
        var options = new LatentDiffusionLoadOptions { Text = new TextEncoderLoadOptions { ClipSkip = 2 } };
        var asked = Assert.Throws<CheckpointException>(() => LatentDiffusionModel.Load(folder.File("xl"), options));
        var index = folder.File(Path.Combine("xl", "model_index.json"));
        File.WriteAllText(index, File.ReadAllText(index).Replace("\"_ldmml\": {", "\"_ldmml\": { \"clip_skip\": -1,", StringComparison.Ordinal));
        var stored = Assert.Throws<CheckpointException>(() => LatentDiffusionModel.Load(folder.File("xl")));

        Assert.Equal("the last 3 blocks of its text encoder should be skipped, but it has only 2.", asked.Reason);
        Assert.Equal("'clip_skip' is -1; it must be at least 0.", stored.Reason);
    }

    private float[] Latents(GenerationBatch batch, LatentDiffusionModel? of = null)
    {
        var used = of ?? model;
        using var latents = used.GenerateLatents(
            batch, new GenerationSettings { Sampling = used.Config.Sampling with { Steps = 2 }, GuidanceScale = 5, Width = 32, Height = 32 });
        return [.. latents.data<float>()];
    }
}
