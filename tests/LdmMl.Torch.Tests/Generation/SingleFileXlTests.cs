using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Configs;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Generation.Storage;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Models.Text.Networks;
using LdmMl.Torch.Models.Text.Storage;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Generation;

/// <summary>A small SDXL as diffusers' folder and as one original file with its YAML.</summary>
public sealed class SingleFileXlTests : IDisposable
{
    private const string Yaml = """
        model:
          target: sgm.models.diffusion.DiffusionEngine
          params:
            scale_factor: 0.13025
            disable_first_stage_autocast: True
            denoiser_config:
              target: sgm.modules.diffusionmodules.denoiser.DiscreteDenoiser
              params:
                num_idx: 1000
                scaling_config: { target: sgm.modules.diffusionmodules.denoiser_scaling.EpsScaling }
                discretization_config: { target: sgm.modules.diffusionmodules.discretizer.LegacyDDPMDiscretization }
            network_config:
              target: sgm.modules.diffusionmodules.openaimodel.UNetModel
              params: { adm_in_channels: 144, num_classes: sequential, use_checkpoint: True, in_channels: 4, out_channels: 4, model_channels: 32,
                attention_resolutions: [2], num_res_blocks: 1, channel_mult: [1, 2], num_head_channels: 16, use_spatial_transformer: True,
                use_linear_in_transformer: True, transformer_depth: [1, 2], context_dim: 192, spatial_transformer_attn_type: softmax-xformers }
            conditioner_config:
              target: sgm.modules.GeneralConditioner
              params:
                emb_models:
                  - { is_trainable: False, input_key: txt, target: sgm.modules.encoders.modules.FrozenCLIPEmbedder, params: { layer: hidden, layer_idx: 1 } }
                  - is_trainable: False
                    input_key: txt
                    target: sgm.modules.encoders.modules.FrozenOpenCLIPEmbedder2
                    params: { arch: ViT-bigG-14, version: laion2b_s39b_b160k, freeze: True, layer: penultimate, always_return_pooled: True, legacy: False }
                  - { is_trainable: False, input_key: original_size_as_tuple, target: sgm.ConcatTimestepEmbedderND, params: { outdim: 8 } }
                  - { is_trainable: False, input_key: crop_coords_top_left, target: sgm.ConcatTimestepEmbedderND, params: { outdim: 8 } }
                  - { is_trainable: False, input_key: target_size_as_tuple, target: sgm.ConcatTimestepEmbedderND, params: { outdim: 8 } }
            first_stage_config:
              target: sgm.models.autoencoder.AutoencoderKL
              params:
                embed_dim: 4
                monitor: val/rec_loss
                ddconfig: { attn_type: vanilla-xformers, double_z: true, z_channels: 4, resolution: 256, in_channels: 3, out_ch: 3, ch: 32,
                  ch_mult: [1, 2], num_res_blocks: 1, attn_resolutions: [], dropout: 0.0 }
                lossconfig: { target: torch.nn.Identity }
        """;

    private static readonly ClipTextConfig First = new()
    {
        VocabularySize = 694, Width = 64, FeedForwardWidth = 128, Layers = 2, Heads = 1, Activation = TextActivation.QuickGelu,
    };

    private static readonly ClipTextConfig Second = new()
    {
        VocabularySize = 694, Width = 128, FeedForwardWidth = 256, Layers = 3, Heads = 2, ProjectionWidth = 96,
    };

    private static readonly GenerationBatch Rows = new() { Seeds = [1, 2], Prompts = ["a cat", "a red fox!"], NegativePrompts = ["blurry"] };

    private static readonly string TokenizerFolder = Path.Combine(
        RealData.Repository, "tests", "LdmMl.Torch.Tests", "Goldens", "sd-pipelines", "p01_sd1_txt2img", "tokenizer");

    private readonly TemporaryFolder temporary = new();

    public SingleFileXlTests() => Write();

    private string Folder => temporary.File("folder");

    private string Single => Path.Combine(temporary.Path, "original", "xl.safetensors");

    public void Dispose() => temporary.Dispose();

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(0, true)]
    public void The_folder_and_the_single_file_give_the_same_bits(int clipSkip, bool hasSecondTokenizer)
    {
        if (hasSecondTokenizer)
            Copy(Path.Combine(Folder, "tokenizer_2"), Path.Combine(temporary.Path, "original", "tokenizer_2"));
        var options = new LatentDiffusionLoadOptions { Text = new TextEncoderLoadOptions { ClipSkip = clipSkip } };
        using var scope = NewDisposeScope();
        using var folder = LatentDiffusionModel.Load(Folder, options);
        using var single = LatentDiffusionModel.Load(Single, options);

        Assert.True(single.LoadReport.IsExact, string.Join(", ", single.LoadReport.Unexpected));
        Assert.Equal(folder.ComputeWeightHash(), single.ComputeWeightHash());
        Assert.Equal(folder.Config.Conditioning, single.Config.Conditioning);
        Assert.Equal(Images(folder), Images(single));
    }

    [Fact]
    public void The_single_file_is_saved_as_a_folder_that_gives_the_same_bits()
    {
        using var scope = NewDisposeScope();
        using var single = LatentDiffusionModel.Load(Single);
        single.Save(temporary.File("saved"));
        using var saved = LatentDiffusionModel.Load(temporary.File("saved"));

        Assert.Equal(Images(single), Images(saved));
    }

    [Fact]
    public void Without_a_tokenizer_it_opens_without_its_text_encoders_and_says_why()
    {
        Directory.Delete(Path.Combine(temporary.Path, "original", "tokenizer"), recursive: true);
        using var model = LatentDiffusionModel.Load(Single);

        Assert.Null(model.TextEncoder);
        Assert.StartsWith(
            "No FrozenCLIPEmbedder or FrozenOpenCLIPEmbedder2 was opened", Assert.Single(model.LoadReport.Notes), StringComparison.Ordinal);
        Assert.Contains("conditioner.embedders.1.model.text_projection", model.LoadReport.Unexpected);
    }

    [Theory]
    [InlineData("legacy: False", "legacy: True", "its second text encoder normalises what it skips to ('legacy' is true); supported is false, as SDXL has it.")]
    [InlineData("EpsScaling", "EDMScaling", "its 'scaling_config' is a 'sgm.modules.diffusionmodules.denoiser_scaling.EDMScaling'; supported are EpsScaling "
        + "and VScaling.")]
    [InlineData("LegacyDDPMDiscretization", "EDMDiscretization", "it describes a 'sgm.modules.diffusionmodules.discretizer.EDMDiscretization'; supported is "
        + "LegacyDDPMDiscretization.")]
    [InlineData("input_key: crop_coords_top_left", "input_key: aesthetic_score", "beside texts it is conditioned on original_size_as_tuple, aesthetic_score, "
        + "target_size_as_tuple; supported are SDXL base's original_size_as_tuple, crop_coords_top_left, target_size_as_tuple.")]
    [InlineData("modules.FrozenCLIPEmbedder", "modules.FrozenT5Embedder", "its text encoders are FrozenT5Embedder, FrozenOpenCLIPEmbedder2; supported are "
        + "SDXL base's two, FrozenCLIPEmbedder and FrozenOpenCLIPEmbedder2.")]
    [InlineData("num_idx: 1000", "quantize_c_noise: True", "its 'model.params.denoiser_config.params.quantize_c_noise' is true, which is not supported.")]
    [InlineData("in_channels: 4, out", "in_channels: 8, out", "its U-Net takes 8 channels; supported are 4, and 9 for inpainting.")]
    public void A_description_of_something_else_is_refused(string text, string other, string reason)
    {
        var yaml = Path.ChangeExtension(Single, ".yaml");
        File.WriteAllText(yaml, File.ReadAllText(yaml).Replace(text, other, StringComparison.Ordinal));

        Assert.Equal(reason, Assert.Throws<CheckpointException>(() => LatentDiffusionModel.Load(Single)).Reason);
    }

    private static float[] Images(LatentDiffusionModel model)
    {
        var settings = new GenerationSettings
        {
            Sampling = model.Config.Sampling with { Steps = 2 }, GuidanceScale = 5, Width = 32, Height = 16, Sizes = new ImageSizes { OriginalWidth = 64, OriginalHeight = 48 },
        };
        using var images = model.Generate(Rows, settings);
        return [.. images.data<float>()];
    }

    private void Write()
    {
        using var scope = NewDisposeScope();
        var description = YamlFile.Parse(Yaml);
        var firstStage = Torch.Models.Autoencoders.Storage.CompVisAutoencoder.Read(description, usedEntries: 0);
        using var model = SmallDiffusion.Create(CompVisDiffusion.Read(description).Config, firstStage);
        using var text = OpenText();
        ModelFolder.Write(Folder, write => ModelWriting.Write(model.Config, model.Denoiser, model.Autoencoder, text, StorageFormat.Float32, largest: null, write));

        Directory.CreateDirectory(Path.GetDirectoryName(Single)!);
        using var file = OriginalXl.Of(model.Network, model.Autoencoder.Network, text.Networks);
        SafetensorsFile.Write(Single, file);
        File.WriteAllText(Path.ChangeExtension(Single, ".yaml"), Yaml);
        Copy(TokenizerFolder, Path.Combine(temporary.Path, "original", "tokenizer"));
    }

    private static TextEncoderModel OpenText()
    {
        var tokens = TokenizerFiles.Read(TokenizerFolder);
        using var stored = new TextEncoderCheckpoint([Part("text_encoder", First, tokens), Part("text_encoder_2", Second, tokens.WithPadding("!"))], "random");
        return TextEncoderModel.Open(stored);
    }

    private static StoredTextPart Part(string name, ClipTextConfig config, TokenizerFiles tokens)
    {
        using var network = TextNetworks.Build(config);
        using var generator = new Generator((ulong)config.Width, CPU);
        var weights = new StateDictionary();
        foreach (var (key, tensor) in network.state_dict())
            weights.Add(key, (randn(tensor.shape, generator: generator) * Real(0.1)).DetachFromDisposeScope());
        return new(new TextPart(name, config, ContextRule.PenultimateAsIs, TokenizerReading.Read(tokens), tokens), weights);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
