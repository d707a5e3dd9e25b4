using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Configs;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Generation.Storage;
using LdmMl.Torch.Models.Autoencoders.Storage;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Models.Text.Networks;
using LdmMl.Torch.Models.Text.Storage;
using static TorchSharp.torch;

namespace LdmMl.Testing;

/// <summary>An SDXL small enough for a test, with both text encoders and random weights: as diffusers' folder and as one original file.</summary>
internal static class SmallXl
{
    public const string Yaml = """
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

    public static string TokenizerFolder { get; } = Path.Combine(
        RealData.Repository, "tests", "LdmMl.Torch.Tests", "Goldens", "sd-pipelines", "p01_sd1_txt2img", "tokenizer");

    /// <summary>Writes the folder.</summary>
    public static void WriteFolder(string folder) => Write((model, text) => ModelFolder.Write(
        folder, write => ModelWriting.Write(model.Config, model.Denoiser, model.Autoencoder, text, ModelHistory.Empty, StorageFormat.Float32, largest: null, write)));

    /// <summary>Writes the original file, its YAML and, in a folder beside it, the tokenizer.</summary>
    public static void WriteSingle(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Write((model, text) =>
        {
            using var file = OriginalXl.Of(model.Network, model.Autoencoder.Network, text.Networks);
            SafetensorsFile.Write(path, file);
        });
        File.WriteAllText(Path.ChangeExtension(path, ".yaml"), Yaml);
        CopyFolder(TokenizerFolder, Path.Combine(Path.GetDirectoryName(path)!, "tokenizer"));
    }

    /// <summary>Copies the files of a folder.</summary>
    public static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }

    private static void Write(Action<LatentDiffusionModel, TextEncoderModel> write)
    {
        using var scope = NewDisposeScope();
        var description = YamlFile.Parse(Yaml);
        using var model = SmallDiffusion.Create(CompVisDiffusion.Read(description).Config, CompVisAutoencoder.Read(description, usedEntries: 0));
        using var text = OpenText();
        write(model, text);
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
}
