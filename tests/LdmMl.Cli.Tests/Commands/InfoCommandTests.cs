using System.Text.Json;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Testing;

namespace LdmMl.Cli.Tests.Commands;

public sealed class InfoCommandTests : IDisposable
{
    private readonly SampleFiles files = new SampleFiles().AddModel();

    public void Dispose() => files.Dispose();

    [Fact]
    public void Info_shows_kind_sizes_range_and_scale()
    {
        var run = ToolRun.Start("info", files.Model);

        Assert.Equal(0, run.ExitCode);
        foreach (var fact in new[] { "KL autoencoder", "3 channels in [-1, 1], sides multiples of 2", "256x256 gives 2x128x128", "all present, none unused" })
            Assert.Contains(fact, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_JSON_contains_the_same_facts()
    {
        ToolRun.Start("info", files.Model, "--json", files.File("info.json"));

        using var document = JsonDocument.Parse(File.ReadAllText(files.File("info.json")));
        Assert.Equal(2, document.RootElement.GetProperty("downsampleFactor").GetInt32());
    }

    [Fact]
    public void A_whole_model_is_described_by_network_noise_labels_and_first_stage()
    {
        files.AddDiffusionModel();
        var run = ToolRun.Start("info", files.DiffusionModel, "--json", files.File("info.json"));

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        foreach (var fact in new[]
        {
            "latent diffusion model", "16x16, 3 channels", "2x8x8, scale 1", "KL autoencoder, 2x smaller on each axis", "8 channels x 1 2, 1 residual block per level, attention at the middle", "epsilon",
            "1000 steps, scaled-linear from 0.0015 to 0.0195", "one of 2 labels, or none; takes --guidance", "Cats & dogs, 日本", "ddim, 50 steps by default",
        })
        {
            Assert.Contains(fact, run.Output, StringComparison.Ordinal);
        }

        using var document = JsonDocument.Parse(File.ReadAllText(files.File("info.json")));
        Assert.Equal(["Cats & dogs", "日本"], document.RootElement.GetProperty("labels").EnumerateArray().Select(label => label.GetString()));
        Assert.Equal(2, document.RootElement.GetProperty("firstStage").GetProperty("downsampleFactor").GetInt32());
    }

    [Fact]
    public void Memory_of_weights_and_fast_convolutions_is_shown_as_text_and_as_JSON()
    {
        var folder = files.File("wide");
        var config = new KlAutoencoderConfig { BaseChannels = 64, ChannelMultipliers = [1], ResidualBlocks = 1, LatentChannels = 4, NormGroups = 32 };
        using var model = AutoencoderModel.Create(config, seed: 1);
        model.Save(folder);
        var (auto, exact) = (model.TransformedWeightBytes(ConvolutionMode.Auto) / 1e6, model.TransformedWeightBytes(ConvolutionMode.Exact) / 1e6);

        var run = ToolRun.Start("info", folder, "--json", files.File("info.json"));

        Assert.Contains($"({model.ParameterCount * 4 / 1e6:F1} MB as float32)", run.Output, StringComparison.Ordinal);
        Assert.Contains($"auto; once used, transformed weights take {auto:F1} MB more in auto, {exact:F1} MB more", Words(run.Output), StringComparison.Ordinal);
        using var document = JsonDocument.Parse(File.ReadAllText(files.File("info.json")));
        var mode = document.RootElement.GetProperty("convolutions");
        Assert.Equal("auto", mode.GetProperty("mode").GetString());
        Assert.Equal((auto, exact), (mode.GetProperty("moreMegabytesForAuto").GetDouble(), mode.GetProperty("moreMegabytesForExact").GetDouble()));
    }

    [Fact]
    public void The_memory_of_fast_convolutions_of_a_whole_model_includes_both_networks()
    {
        files.AddDiffusionModel();
        var run = ToolRun.Start("info", files.DiffusionModel, "--json", files.File("info.json"));

        using var model = LatentDiffusionModel.Load(files.DiffusionModel);
        using var document = JsonDocument.Parse(File.ReadAllText(files.File("info.json")));
        Assert.Contains("auto; once used, transformed weights take", Words(run.Output), StringComparison.Ordinal);
        Assert.Equal(
            model.TransformedWeightBytes(ConvolutionMode.Auto) / 1e6,
            document.RootElement.GetProperty("convolutions").GetProperty("moreMegabytesForAuto").GetDouble());
    }

    [Fact]
    public void A_missing_model_gets_one_sentence_with_its_path()
    {
        var run = ToolRun.Start("info", files.File("nothing"));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(files.File("nothing"), run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void An_autoencoder_next_to_the_YAML_of_a_whole_model_is_described()
    {
        var file = files.File("vae.safetensors");
        var config = new KlAutoencoderConfig { BaseChannels = 32, ChannelMultipliers = [1], ResidualBlocks = 1, LatentChannels = 4 };
        using (var model = AutoencoderModel.Create(config, seed: 1))
            SafetensorsFile.Write(file, model.Network.state_dict());
        File.WriteAllText(files.File("vae.yaml"), SampleFiles.WholeModelYaml);

        var run = ToolRun.Start("info", file);

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Contains("KL autoencoder", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_trunk_of_a_perceptual_distance_is_described()
    {
        using var weights = new PerceptualFilesOfTests();
        var run = ToolRun.Start("info", weights.Trunk(PerceptualTrunkConfig.Vgg(PerceptualFilesOfTests.SmallPlan)));

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Contains("--perceptual of score, compare and train autoencoder", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_models_is_listed()
    {
        files.AddDiffusionModel();
        File.WriteAllText(files.File("trunk.safetensors"), "");
        var run = ToolRun.Start("info", files.Folder, "--json", files.File("list.json"));

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        foreach (var line in new[] { "diffusion model a latent diffusion model", "model an autoencoder", "trunk.safetensors a file" })
            Assert.Contains(line, Words(run.Output), StringComparison.Ordinal);
        Assert.Contains("trunk.safetensors", File.ReadAllText(files.File("list.json")), StringComparison.Ordinal);
    }

    // A narrow terminal wraps lines.
    private static string Words(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
