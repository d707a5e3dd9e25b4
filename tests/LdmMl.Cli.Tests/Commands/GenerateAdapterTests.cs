using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Cli.Tests.Commands;

public sealed class GenerateAdapterTests : IDisposable
{
    private const string Query = "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn1_to_q";

    private static readonly string Model = Path.Combine(
        RealData.Repository, "tests", "LdmMl.Torch.Tests", "Goldens", "sd-pipelines", "p01_sd1_txt2img");

    private readonly SampleFiles files = new();

    public GenerateAdapterTests()
    {
        using var scope = NewDisposeScope();
        Write("style.safetensors", ($"{Query}.lora_down.weight", ones(2, 16)), ($"{Query}.lora_up.weight", ones(16, 2)), ("other.key", ones(1)));
        Write("wide.safetensors", ($"{Query}.lora_down.weight", ones(2, 12)), ($"{Query}.lora_up.weight", ones(16, 2)));
        Write("toy.safetensors", ("<toy>", ones(32)));
    }

    public void Dispose() => files.Dispose();

    [Fact]
    public void Files_change_the_images_and_are_named_in_messages_and_in_the_JSON()
    {
        var plain = Generate(files.File("plain"), "--prompt", "a <toy>");
        var run = Generate(
            files.Out, "--prompt", "a <toy>", "--lora", $"{files.File("style.safetensors")}:0.5", "--embedding", files.File("toy.safetensors"),
            "--json", files.File("run.json"));
        var info = JsonNode.Parse(File.ReadAllText(files.File("run.json")))!["model"]!["info"]!;

        Assert.Equal((0, 0), (plain.ExitCode, run.ExitCode));
        Assert.Contains("LoRA style.safetensors at 0.5 changes 1 layer; 1 key without a matching layer in this model: other.key.", run.Errors, StringComparison.Ordinal);
        Assert.Contains("toy.safetensors adds the word '<toy>'.", run.Errors, StringComparison.Ordinal);
        Assert.Equal("style.safetensors at 0.5", info["loras"]![0]!.GetValue<string>());
        Assert.Equal("<toy>", info["words"]![0]!.GetValue<string>());
        Assert.NotEqual(File.ReadAllBytes(Image(files.File("plain"))), File.ReadAllBytes(Image(files.Out)));
    }

    [Fact]
    public void A_LoRA_of_weight_zero_gives_the_images_of_the_model_itself()
    {
        Assert.Equal(0, Generate(files.File("plain"), "--prompt", "a cat").ExitCode);
        Assert.Equal(0, Generate(files.Out, "--prompt", "a cat", "--lora", $"{files.File("style.safetensors")}:0").ExitCode);

        Assert.Equal(File.ReadAllBytes(Image(files.File("plain"))), File.ReadAllBytes(Image(files.Out)));
    }

    [Theory]
    [InlineData("--lora style.safetensors:much", "what follows the colon must be a number, such as 0.7.")]
    [InlineData("--lora none.safetensors", "there is no such file")]
    [InlineData("--lora wide.safetensors", "it was made for another model: '" + Query + ".lora_down.weight'")]
    [InlineData("--embedding style.safetensors", "it is not a textual inversion: it has 3 tensors")]
    public void Files_that_do_not_fit_are_refused(string given, string reason)
    {
        var arguments = given.Split(' ');
        var run = Generate(files.Out, "--prompt", "a cat", arguments[0], files.File(arguments[1]));

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(reason, run.Errors, StringComparison.Ordinal);
    }

    private static ToolRun Generate(string folder, params string[] given) =>
        ToolRun.Start(["generate", "--model", Model, "--steps", "2", "--sampler", "ddim", "--out", folder, .. given]);

    private static string Image(string folder) => Directory.GetFiles(folder, "*.png").Single();

    private void Write(string name, params (string Key, Tensor Value)[] entries) =>
        SafetensorsFile.Write(files.File(name), entries.Select(entry => KeyValuePair.Create(entry.Key, entry.Value)));
}
