namespace LdmMl.Cli.Tests.Commands;

/// <summary>SDXL's two text encoders, how texts are read, and how images enter the sampling.</summary>
public sealed class GenerateSecondPromptTests : IDisposable
{
    private readonly SampleFiles files = new();

    public GenerateSecondPromptTests() => SmallXl.WriteFolder(files.File("xl"));

    public void Dispose() => files.Dispose();

    [Fact]
    public void The_second_encoder_reads_texts_of_its_own_from_options_and_from_a_file()
    {
        File.WriteAllText(files.File("prompts.csv"), "prompt,negative,prompt_2,negative_2,seed\na cat,blurry,oil,photo,0\na dog,,,,7\n");

        var plain = Draw("plain", "--prompt", "a cat", "--negative", "blurry");
        var own = Draw("own", "--prompt", "a cat", "--negative", "blurry", "--prompt-2", "oil", "--negative-2", "photo");
        var file = Draw("file", "--prompts", files.File("prompts.csv"));

        Assert.NotEqual(plain, own);
        Assert.Equal(own, file);
        Assert.Contains("\"--prompt-2\": \"oil\"", File.ReadAllText(Path.Combine(files.File("own"), "generation.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void How_texts_are_read_changes_the_image_and_is_kept_beside_it()
    {
        var plain = Draw("plain", "--prompt", "caf&eacute;");
        var skipping = Draw("skipping", "--prompt", "caf&eacute;", "--clip-skip", "1");
        var cleaned = Draw("cleaned", "--prompt", "caf&eacute;", "--text-rules", "openai");

        Assert.NotEqual(plain, skipping);
        Assert.NotEqual(plain, cleaned);
        Assert.Equal(plain, Draw("same", "--prompt", "caf&eacute;", "--clip-skip", "0", "--text-rules", "diffusers"));
        Assert.Contains(
            "--clip-skip was 1 and is not given",
            Run(files.File("skipping"), "--prompt", "caf&eacute;").Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--prompt-2 oil", "--prompt-2 needs a prompt; give --prompt as well.")]
    [InlineData("--prompt a --negative-2 photo", "--negative-2 needs a negative prompt; give --negative as well.")]
    [InlineData("--prompt a --clip-skip 5", "the last 6 blocks of its text encoder should be skipped, but it has only 2.")]
    [InlineData("--prompt a --text-rules python", "--text-rules is 'python'; it must be one of diffusers, diffusers-repaired")]
    [InlineData("--prompt a --image-rule diffusers", "--image-rule needs initial images; give --init as well.")]
    public void Options_without_effect_are_refused(string given, string reason)
    {
        var run = Run(files.Out, given.Split(' '));

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(reason, run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--prompt a --prompt-2 oil", "This model has one text encoder, so it reads no second prompt, as SDXL does; leave --prompt-2 and --negative-2 out.")]
    public void A_model_with_one_encoder_takes_no_second_prompt(string given, string reason)
    {
        var run = ToolRun.Start(["generate", "--model", SmallAdapters.Model, "--out", files.Out, .. given.Split(' ')]);

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(reason, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_without_texts_says_that_options_for_them_mean_nothing()
    {
        files.AddDiffusionModel();
        var run = ToolRun.Start("generate", "--model", files.DiffusionModel, "--steps", "1", "--out", files.Out, "--clip-skip", "1");

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("--clip-skip says how a text encoder reads, and none is opened with this model; leave it out.", run.Errors, StringComparison.Ordinal);
    }

    private ToolRun Run(string folder, params string[] given) =>
        ToolRun.Start(["generate", "--model", files.File("xl"), "--steps", "2", "--width", "32", "--height", "32", "--out", folder, .. given]);

    private byte[] Draw(string name, params string[] given)
    {
        var run = Run(files.File(name), given);
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        return File.ReadAllBytes(Directory.GetFiles(files.File(name), "*.png").Order(StringComparer.Ordinal).First());
    }
}
