using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Models.Autoencoders;

public sealed class AutoencoderFilesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("autoencoder-").FullName;

    public static TheoryData<string> Kinds() => [.. SmallModels.Variants.Keys];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_saved_folder_opens_to_the_same_model(string kind)
    {
        using var model = AutoencoderModel.Create(SmallModels.Variants[kind], seed: 2);
        var path = Path.Combine(folder, "model");

        model.Save(path);
        using var opened = AutoencoderModel.Load(path);
        using var openedInner = AutoencoderModel.Load(Path.Combine(path, "vae"));

        AssertSame(model, opened);
        AssertSame(model, openedInner);
        Assert.Equal(path, opened.Source);
        Assert.True(opened.LoadReport.IsExact);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Streams_open_to_the_same_model(string kind)
    {
        using var model = AutoencoderModel.Create(SmallModels.Variants[kind], seed: 2);
        using var config = new MemoryStream();
        using var weights = new MemoryStream();

        model.Write(config, weights);
        config.Position = weights.Position = 0;
        using var opened = AutoencoderModel.Read(config, weights, "model.zip");

        AssertSame(model, opened);
    }

    [Fact]
    public void A_checkpoint_opens_with_the_YAML_next_to_it_and_ignores_the_loss()
    {
        var config = SmallModels.Kl with { NormGroups = 32, BaseChannels = 32 };
        using var model = AutoencoderModel.Create(config, seed: 4);
        var path = WriteCheckpoint(model, "stage.safetensors", prefix: "", extra: "loss.logvar");
        File.WriteAllText(Path.Combine(folder, "stage.yaml"), Yaml);

        using var opened = AutoencoderModel.Load(path);

        AssertSame(model, opened);
        Assert.Equal(["loss.logvar"], opened.LoadReport.Unexpected);
    }

    [Theory]
    [InlineData("module.")]
    [InlineData("_orig_mod.")]
    [InlineData("vae.")]
    [InlineData("model.")]
    public void A_checkpoint_of_a_wrapped_model_opens(string prefix)
    {
        using var model = AutoencoderModel.Create(SmallModels.Kl with { NormGroups = 32, BaseChannels = 32 }, seed: 4);
        var path = WriteCheckpoint(model, "stage.safetensors", prefix, extra: "optimizer.state.0.exp_avg");
        File.WriteAllText(Path.Combine(folder, "stage.yaml"), Yaml);

        using var opened = AutoencoderModel.Load(path);

        AssertSame(model, opened);
    }

    [Fact]
    public void Extensions_in_a_folder_are_matched_in_any_case()
    {
        using var model = AutoencoderModel.Create(SmallModels.Kl with { NormGroups = 32, BaseChannels = 32 }, seed: 4);
        WriteCheckpoint(model, "STAGE.SAFETENSORS", prefix: "", extra: "loss.logvar");
        File.WriteAllText(Path.Combine(folder, "config.yaml"), Yaml);

        using var opened = AutoencoderModel.Load(folder);

        AssertSame(model, opened);
    }

    [Fact]
    public void A_diffusion_model_without_its_first_stage_says_so()
    {
        using var scope = NewDisposeScope();
        var path = Path.Combine(folder, "unet.safetensors");
        SafetensorsFile.Write(path, [KeyValuePair.Create("model.diffusion_model.out.0.weight", zeros(1))]);
        File.WriteAllText(Path.Combine(folder, "unet.yaml"), Yaml);

        var error = Assert.Throws<CheckpointException>(() => AutoencoderModel.Load(path));

        Assert.StartsWith("it holds a diffusion model without its first stage: no key begins with 'first_stage_model.'.", error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_single_file_with_diffusers_keys_needs_the_config_next_to_it()
    {
        using var model = AutoencoderModel.Create(SmallModels.Kl, seed: 4);
        model.Save(Path.Combine(folder, "model"));
        var path = Path.Combine(folder, "lone.safetensors");
        File.Copy(Path.Combine(folder, "model", "vae", "diffusion_pytorch_model.safetensors"), path);

        var error = Assert.Throws<CheckpointException>(() => AutoencoderModel.Load(path));
        File.Copy(Path.Combine(folder, "model", "vae", "config.json"), Path.Combine(folder, "config.json"));
        using var opened = AutoencoderModel.Load(path);

        Assert.Contains("Put its config.json there.", error.Reason, StringComparison.Ordinal);
        AssertSame(model, opened);
    }

    [Fact]
    public void Weights_are_saved_in_the_requested_format()
    {
        using var model = AutoencoderModel.Create(SmallModels.Kl, seed: 4);
        var (full, reduced) = (Path.Combine(folder, "full"), Path.Combine(folder, "reduced"));

        model.Save(full);
        model.Save(reduced, StorageFormat.BFloat16);
        using var weights = SafetensorsFile.Read(Path.Combine(reduced, "vae", "diffusion_pytorch_model.safetensors"));
        using var opened = AutoencoderModel.Load(reduced);

        Assert.All(weights.Values, weight => Assert.Equal(ScalarType.BFloat16, weight.dtype));
        Assert.Equal(model.Config.LatentChannels, opened.Config.LatentChannels);
    }

    [Fact]
    public void A_whole_diffusion_checkpoint_opens_as_its_first_stage_with_its_measured_scale()
    {
        var config = SmallModels.Kl with { NormGroups = 32, BaseChannels = 32, LatentScale = 0.5 };
        using var model = AutoencoderModel.Create(config, seed: 4);
        var path = WriteCheckpoint(model, "whole.safetensors", prefix: "first_stage_model.", extra: "scale_factor");
        File.WriteAllText(Path.Combine(folder, "config.yaml"), Yaml);

        using var opened = AutoencoderModel.Load(path);

        AssertSame(model, opened);
    }

    [Fact]
    public void A_checkpoint_without_yaml_says_where_it_is_expected()
    {
        using var model = AutoencoderModel.Create(SmallModels.Kl, seed: 4);
        var path = WriteCheckpoint(model, "stage.safetensors", prefix: "", extra: "loss.logvar");

        var error = Assert.Throws<CheckpointException>(() => AutoencoderModel.Load(path));

        Assert.Contains("no YAML was found next to it as stage.yaml, stage.yml, config.yaml, project.yaml", error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Either_file_and_the_folder_open_a_tiny_autoencoder()
    {
        using var model = SmallModels.Create("tiny");
        foreach (var half in new[] { "encoder", "decoder" })
        {
            using var scope = NewDisposeScope();
            var weights = model.Network.state_dict().Where(pair => pair.Key.StartsWith(half, StringComparison.Ordinal)).ToDictionary(pair => pair.Key[8..], pair => pair.Value);
            SafetensorsFile.Write(Path.Combine(folder, $"tiny_{half}.safetensors"), weights);
        }

        foreach (var path in new[] { folder, Path.Combine(folder, "tiny_encoder.safetensors"), Path.Combine(folder, "tiny_decoder.safetensors") })
        {
            using var opened = AutoencoderModel.Load(path);
            AssertSame(model, opened);
        }

        File.Delete(Path.Combine(folder, "tiny_decoder.safetensors"));
        var error = Assert.Throws<CheckpointException>(() => AutoencoderModel.Load(folder));
        Assert.Contains("'tiny_decoder.safetensors' is not next to this one", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_folder_and_a_missing_path_say_what_is_needed()
    {
        Assert.Contains("the folder holds no autoencoder", Assert.Throws<CheckpointException>(() => AutoencoderModel.Load(folder)).Message, StringComparison.Ordinal);
        Assert.Contains("no such file or folder", Assert.Throws<CheckpointException>(() => AutoencoderModel.Load(folder + "x")).Message, StringComparison.Ordinal);
    }

    [RealDataFact]
    public void Published_tiny_autoencoders_open_with_their_latent_channels()
    {
        foreach (var (name, channels) in new[] { ("taesd", 4), ("taesd3", 16) })
        {
            using var model = AutoencoderModel.Load(Path.Combine(RealData.SharedData!, "taesd", name));
            Assert.Equal((channels, PixelRange.ZeroToOne), (model.Config.LatentChannels, model.Config.PixelRange));
        }
    }

    private static void AssertSame(AutoencoderModel expected, AutoencoderModel actual)
    {
        using var scope = NewDisposeScope();
        var images = SmallModels.Images(2, 16, 16)[.., ..expected.Config.ImageChannels];
        var latents = expected.Encode(images);
        Assert.Equal(expected.Config.GetType(), actual.Config.GetType());
        Assert.Equal((expected.Config.LatentScale, expected.Config.LatentShift), (actual.Config.LatentScale, actual.Config.LatentShift));
        Assert.Equal(expected.ParameterCount, actual.ParameterCount);
        Assert.True(actual.Encode(images).equal(latents).all().item<bool>());
        Assert.True(actual.Decode(latents).equal(expected.Decode(latents)).all().item<bool>());
    }

    private string WriteCheckpoint(AutoencoderModel model, string name, string prefix, string extra)
    {
        using var scope = NewDisposeScope();
        var path = Path.Combine(folder, name);
        var weights = model.Network.state_dict().ToDictionary(pair => prefix + pair.Key, pair => pair.Value);
        weights.Add(extra, tensor(0.5f));
        SafetensorsFile.Write(path, weights);
        return path;
    }

    private const string Yaml =
        """
        model:
          target: ldm.models.autoencoder.AutoencoderKL
          params:
            embed_dim: 4
            lossconfig:
              target: torch.nn.Identity
            ddconfig:
              double_z: true
              z_channels: 4
              resolution: 256
              in_channels: 3
              out_ch: 3
              ch: 32
              ch_mult: [1, 2]
              num_res_blocks: 1
              attn_resolutions: []
              dropout: 0.0
        """;
}
