using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Generation;

/// <summary>Writes small models as CompVis would: one checkpoint, and a YAML like those of the published models.</summary>
internal static class CompVisSample
{
    private const string FirstStageYaml = """
            first_stage_config:
              target: ldm.models.autoencoder.AutoencoderKL
              params:
                embed_dim: 4
                ddconfig: { double_z: true, z_channels: 4, resolution: 16, in_channels: 3, out_ch: 3, ch: 32, ch_mult: [1, 1],
                  num_res_blocks: 1, attn_resolutions: [] }
        """;

    private static readonly KlAutoencoderConfig FirstStage = new()
    {
        BaseChannels = 32,
        ChannelMultipliers = [1, 1],
        LatentChannels = 4,
        ResidualBlocks = 1,
        LatentScale = 0.7,
    };

    /// <summary>The part of the YAML about conditions, and the model that it describes.</summary>
    public static IReadOnlyDictionary<string, (string Yaml, Conditioning Conditioning)> Kinds { get; } =
        new Dictionary<string, (string, Conditioning)>
        {
            ["unconditional"] = ("cond_stage_config: __is_unconditional__", Conditioning.None),
            ["class embedder"] = (
                "cond_stage_key: class_label, conditioning_key: crossattn, cond_stage_config: { target: ldm.modules.encoders.modules.ClassEmbedder, "
                    + "params: { n_classes: 1001, embed_dim: 16, key: class_label } }",
                new LabelConditioning { Count = 1000, HasNullLabel = true, Input = LabelInput.ContextToken }),
            ["adm"] = (
                "cond_stage_key: class_label, conditioning_key: adm, cond_stage_config: { target: torch.nn.Identity }",
                new LabelConditioning { Count = 5 }),
            ["text"] = (
                "cond_stage_key: caption, conditioning_key: crossattn, cond_stage_config: { target: ldm.modules.encoders.modules.BERTEmbedder, "
                    + "params: { n_embed: 1280, n_layer: 32 } }",
                new ContextConditioning { Dimension = 16 }),
            ["super-resolution"] = (
                "cond_stage_key: LR_image, conditioning_key: concat, cond_stage_config: { target: torch.nn.Identity }",
                new ConcatenatedConditioning { Input = ConcatenatedInput.LowResolutionImage }),
            ["inpainting"] = (
                "cond_stage_key: masked_image, conditioning_key: concat, cond_stage_config: __is_first_stage__",
                new ConcatenatedConditioning { Input = ConcatenatedInput.MaskedImageThenMask }),
            ["hybrid"] = (
                "cond_stage_key: txt, conditioning_key: hybrid, cond_stage_config: { target: ldm.modules.encoders.modules.FrozenCLIPEmbedder, "
                    + "params: { max_length: 9 } }",
                new ConcatenatedConditioning
                {
                    Input = ConcatenatedInput.MaskThenMaskedImage,
                    Context = new ContextConditioning { Dimension = 16, Tokens = 9 },
                }),
        };

    /// <summary>Creates the model, in which every weight is random.</summary>
    public static LatentDiffusionModel Create(string kind)
    {
        var conditioning = Kinds[kind].Conditioning;
        var labels = conditioning as LabelConditioning;
        var config = SmallDiffusion.Variants["unconditional"] with
        {
            Conditioning = conditioning,
            UNet = new UNetConfig
            {
                InputChannels = 4 + ((conditioning as ConcatenatedConditioning)?.ChannelsFor(4, 3) ?? 0),
                OutputChannels = 4,
                BaseChannels = 32,
                ChannelMultipliers = [1, 1],
                ResidualBlocks = 1,
                AttentionFactors = [2],
                Heads = 2,
                LabelCount = labels?.Input == LabelInput.TimeEmbedding ? labels.NetworkCount : null,
                ContextDimension = kind is "class embedder" or "text" or "hybrid" ? 16 : null,
            },
        };
        return SmallDiffusion.Create(config, FirstStage);
    }

    /// <summary>Writes <c>model.safetensors</c> and <c>model.yaml</c>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="folder">The folder to write to.</param>
    /// <param name="more">More tensors of the checkpoint, and their keys; null removes one.</param>
    /// <returns>The checkpoint.</returns>
    public static string Write(LatentDiffusionModel model, string kind, string folder, IReadOnlyDictionary<string, Tensor?>? more = null)
    {
        var tensors = new Dictionary<string, Tensor>();
        Add(tensors, "model.diffusion_model.", model.Network.state_dict());
        Add(tensors, "first_stage_model.", model.Autoencoder.Network.state_dict());
        if (model.Denoiser.LabelTokens is { } tokens)
            Add(tensors, "cond_stage_model.embedding.", tokens.state_dict());
        tensors["betas"] = zeros(1000);
        foreach (var (key, tensor) in more ?? new Dictionary<string, Tensor?>())
        {
            if (tensor is null)
                tensors.Remove(key);
            else
                tensors[key] = tensor;
        }

        var path = Path.Combine(folder, "model.safetensors");
        SafetensorsFile.Write(path, tensors);
        File.WriteAllText(Path.Combine(folder, "model.yaml"), Yaml(model.Config.UNet, Kinds[kind].Yaml));
        return path;
    }

    public static string Yaml(UNetConfig unet, string conditioning) => $$"""
        model:
          target: ldm.models.diffusion.ddpm.LatentDiffusion
          params:
            linear_start: 0.0015
            linear_end: 0.0195
            timesteps: 1000
            image_size: 8
            channels: 4
            scale_factor: 0.7
            {{conditioning.Replace(", cond", "\n    cond", StringComparison.Ordinal)}}
            unet_config:
              target: ldm.modules.diffusionmodules.openaimodel.UNetModel
              params: { image_size: 8, in_channels: {{unet.InputChannels}}, out_channels: 4, model_channels: 32, channel_mult: [1, 1],
                num_res_blocks: 1, attention_resolutions: [2], num_heads: 2{{Conditions(unet)}} }
        {{FirstStageYaml}}
        """;

    private static string Conditions(UNetConfig unet) =>
        (unet.ContextDimension is null ? "" : ", use_spatial_transformer: true, context_dim: 16")
        + (unet.LabelCount is null ? "" : ", num_classes: 5");

    private static void Add(Dictionary<string, Tensor> tensors, string prefix, Dictionary<string, Tensor> weights)
    {
        foreach (var (key, tensor) in weights)
            tensors[prefix + key] = tensor;
    }
}
