using LdmMl.Torch.Generation;

namespace LdmMl.Cli.Tests.Commands;

/// <summary>Impossible requests are refused before any work, in the tool's own terms.</summary>
public sealed class GenerateWrongUseTests : IDisposable
{
    private readonly SampleFiles files = new();

    public void Dispose() => files.Dispose();

    [Theory]
    [InlineData("--label owl", "--label is 'owl'; this model has the labels 'Cats & dogs', '日本', and 'all' for all of them.")]
    [InlineData("--label 2", "--label is '2'; this model has the labels 'Cats & dogs', '日本', and 'all' for all of them.")]
    [InlineData("--steps 1001", "--steps is 1001; the model's schedule has 1000, so choose 1 to 1000.")]
    [InlineData("--steps 0", "--steps is 0; it must be at least 1.\n'ldmml generate --help' shows how it is used.")]
    [InlineData("--count 0", "--count is 0; it must be at least 1.\n'ldmml generate --help' shows how it is used.")]
    [InlineData("--eta 2", "--eta is 2; it must be in [0, 1].")]
    [InlineData("--sampler-option order", "--sampler-option is 'order'; write NAME=VALUE, such as order=3.")]
    [InlineData("--sampler ddim --sampler-option end=soon", "--sampler-option is 'end=soon'; for ddim it must be one of first-step, clean.")]
    [InlineData("--sampler unipc --sampler-option order=9", "--sampler-option is 'order=9'; for unipc it must be in [1, 3].")]
    [InlineData("--shard 2/2", "--shard is 2/2; shards are counted from 0, so of 2 the last is 1/2.")]
    [InlineData("--strength 0.5", "--strength needs initial images; give --init as well.")]
    [InlineData("--mask masks", "--mask needs initial images; give --init as well.")]
    [InlineData("--guidance -1 --label all", "--guidance is -1; it must be at least 0; 1 means no guidance.")]
    [InlineData("--guidance 4", "--guidance is 4, but there is no label to steer towards; give --label as well.")]
    [InlineData("--guidance-projection 0", "--guidance-projection projects guidance, but --guidance is 1, which means no guidance; raise it.")]
    [InlineData("--guidance 3 --label all --guidance-norm 2", "--guidance-norm is about projected guidance; give --guidance-projection as well, usually 0.")]
    [InlineData("--guidance 3 --label all --guidance-projection 2", "--guidance-projection is 2; it must be in [0, 1].")]
    [InlineData("--label cats", "--label is 'cats'; this model has the labels 'Cats & dogs', '日本', and 'all' for all of them.")]
    [InlineData("--label 日木", "--label is '日木'; this model has the labels 'Cats & dogs', '日本', and 'all' for all of them. Did you mean '日本'?")]
    [InlineData("--device cuda:99", "--device is cuda:99, but no GPU can be used here; 'ldmml doctor' says why. Leave --device out to compute on the CPU.")]
    [InlineData("--width 17", "--width is 17; it must be a positive multiple of 4: 2 for the first stage, times 2 for the U-Net.")]
    public void Wrong_values_are_refused_and_leave_no_files(string words, string sentence)
    {
        files.AddDiffusionModel();

        var run = Generate(words.Split(' '));

        Assert.Equal((2, sentence), (run.ExitCode, run.Errors.Trim().ReplaceLineEndings("\n")));
        Assert.False(Directory.Exists(files.Out));
    }

    [Fact]
    public void Models_that_need_something_else_say_so()
    {
        files.AddDiffusionModel(Conditioning.None);
        Assert.Equal("--label is 'fox', but this model was trained without labels; leave --label out.", Generate("--label", "fox").Errors.Trim());
        files.AddDiffusionModel(new LabelConditioning { Count = 3 });
        Assert.Equal("This model needs labels; give --label all, or some of the labels 0 to 2.", Generate().Errors.Trim());
        files.AddDiffusionModel(new ContextConditioning { Dimension = 4 });
        Assert.StartsWith("This model needs tokens of a text encoder, but none was opened with it;", Generate().Errors, StringComparison.Ordinal);
        files.AddDiffusionModel(new ConcatenatedConditioning { Input = ConcatenatedInput.LowResolutionImage });
        Assert.StartsWith("This is a super-resolution model; give the small images with --init", Generate().Errors, StringComparison.Ordinal);
        files.AddDiffusionModel(new ConcatenatedConditioning { Input = ConcatenatedInput.MaskThenMaskedImage });
        Assert.StartsWith("This is an inpainting model; give images with --init", Generate().Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_first_stage_by_itself_cannot_generate()
    {
        files.AddModel();
        var run = ToolRun.Start("generate", "--model", files.Model, "--out", files.Out);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(files.Model, run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_model_is_named()
    {
        files.AddDiffusionModel();
        var weights = Path.Combine(files.DiffusionModel, "unet", "diffusion_pytorch_model.safetensors");
        File.WriteAllBytes(weights, File.ReadAllBytes(weights)[..1000]);
        var run = Generate();

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("diffusion_pytorch_model.safetensors", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Grid_and_JSON_in_one_file_and_output_among_the_initial_images_are_refused()
    {
        files.AddDiffusionModel().AddImages();

        Assert.Equal(
            $"--grid and --json name the same file, '{files.File("x")}'; give each its own name.",
            Generate("--grid", files.File("x"), "--json", files.File("x")).Errors.Trim());
        Assert.Contains(
            "--out is the folder of the images",
            ToolRun.Start("generate", "--model", files.DiffusionModel, "--init", files.Images, "--out", files.Images).Errors, StringComparison.Ordinal);
    }

    private ToolRun Generate(params string[] more) =>
        ToolRun.Start(["generate", "--model", files.DiffusionModel, "--out", files.Out, .. more.Contains("--steps") ? [] : new[] { "--steps", "2" }, .. more]);
}
