using System.Text.Json.Nodes;

namespace LdmMl.Cli.Tests.Commands;

public sealed class GeneratePromptTests : IDisposable
{
    private static readonly string Model = Path.Combine(
        RealData.Repository, "tests", "LdmMl.Torch.Tests", "Goldens", "sd-pipelines", "p01_sd1_txt2img");

    private readonly SampleFiles files = new SampleFiles().AddDiffusionModel();

    public void Dispose() => files.Dispose();

    [Fact]
    public void Prompts_take_turns_and_appear_in_file_names_and_in_the_JSON()
    {
        var run = Generate(files.Out, "--prompt", "A red cat!", "--prompt", "a dog", "--negative", "blurry", "--json", files.File("run.json"));
        var json = JsonNode.Parse(File.ReadAllText(files.File("run.json")))!;

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Equal(["000000-a-red-cat.png", "000001-a-dog.png", "generation.json"], Names(files.Out));
        Assert.Equal(["A red cat!", "a dog"], json["images"]!.AsArray().Select(image => image!["prompt"]!.GetValue<string>()));
        Assert.Equal(7.5, json["settings"]!["guidance"]!.GetValue<double>());
    }

    [Fact]
    public void A_prompt_file_can_give_seeds_and_gives_the_same_images_as_single_prompts()
    {
        File.WriteAllText(files.File("prompts.csv"), "prompt,seed,negative\na cat,5,blurry\na dog,6,\n");
        Assert.Equal(0, Generate(files.Out, "--prompts", files.File("prompts.csv")).ExitCode);
        Assert.Equal(0, Generate(files.File("one"), "--prompt", "a cat", "--negative", "blurry", "--seed", "5").ExitCode);

        Assert.Equal(File.ReadAllBytes(Path.Combine(files.File("one"), "000000-a-cat.png")), File.ReadAllBytes(Path.Combine(files.Out, "000000-a-cat.png")));
    }

    [Theory]
    [InlineData("--negative blurry", "give --prompt as well")]
    [InlineData("--prompt a --guidance 1 --negative b", "--guidance is 1, so a negative prompt has no effect")]
    [InlineData("--guidance 3", "This model needs a prompt; give --prompt, or a file of prompts with --prompts.")]
    [InlineData("--prompt a --guidance 1 --guidance-below 5", "--guidance-below limits guidance, but --guidance is 1, which means no guidance; raise it.")]
    [InlineData("--prompt a --guidance-above 5 --guidance-below 2", "--guidance-below is 2; it must be above --guidance-above, which is 5")]
    [InlineData("--prompt a --prompts a.txt", "--prompt and --prompts are both given")]
    [InlineData("--label cats --prompt a", "this model was trained without labels; leave --label out")]
    public void Prompts_without_effect_are_refused(string given, string reason)
    {
        File.WriteAllText(files.File("a.txt"), "a");
        var run = Generate(files.Out, given.Replace("a.txt", files.File("a.txt"), StringComparison.Ordinal).Split(' '));

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(reason, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Guidance_can_be_limited_to_some_noise_levels()
    {
        Assert.Equal(0, Generate(files.Out, "--prompt", "a cat").ExitCode);
        Assert.Equal(0, Generate(files.File("all"), "--prompt", "a cat", "--guidance-above", "0").ExitCode);
        Assert.Equal(0, Generate(files.File("projected"), "--prompt", "a cat", "--guidance-projection", "0", "--guidance-norm", "4").ExitCode);
        Assert.Equal(0, Generate(files.File("some"), "--prompt", "a cat", "--guidance-below", "1").ExitCode);

        var (image, all, some) = (Image(files.Out), Image(files.File("all")), Image(files.File("some")));

        Assert.Equal(image, all);
        Assert.NotEqual(image, some);

        static byte[] Image(string folder) => File.ReadAllBytes(Path.Combine(folder, "000000-a-cat.png"));
    }

    [Fact]
    public void A_model_with_labels_takes_no_prompt()
    {
        var run = ToolRun.Start("generate", "--model", files.DiffusionModel, "--steps", "1", "--out", files.Out, "--prompt", "a cat");

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("This model takes no prompts; it has labels; give --label.", run.Errors, StringComparison.Ordinal);
    }

    private static ToolRun Generate(string folder, params string[] given) =>
        ToolRun.Start(["generate", "--model", Model, "--steps", "2", "--sampler", "ddim", "--out", folder, .. given]);

    private static string[] Names(string folder) => [.. Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];
}
