using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Configs;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>Describes published checkpoints that are recognised by their keys, for use without a YAML.</summary>
internal static class KnownCheckpoints
{
    private const string First = "model.diffusion_model.input_blocks.0.0.weight";
    private const string Context = "model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight";

    private const string DeepContext = "model.diffusion_model.input_blocks.4.1.transformer_blocks.0.attn2.to_k.weight";
    private const string VelocityMark = "v_pred", NoiseMark = "ztsnr";       // empty tensors, by which people mark models that were trained further
    private const string Vector = "model.diffusion_model.label_emb.0.0.weight";

    private const int Width = 320;
    private const int FirstVersion = 768;    // the numbers of a token of Stable Diffusion 1
    private const int SecondVersion = 1024;  // and of Stable Diffusion 2
    private const int Inpainting = 9;        // channels that go into an inpainting model
    private const int BothOfXl = 2048;       // the numbers of a token of SDXL base
    private const int SecondOfXl = 1280;     // and of its refiner

    // What v1-inference.yaml says about the network and the first stage, as far as the weights do not show it.
    private const string StableDiffusion1 = """
        {"model":{"target":"ldm.models.diffusion.ddpm.LatentDiffusion","params":{
        "linear_start":0.00085,"linear_end":0.0120,"timesteps":1000,"image_size":64,"conditioning_key":"crossattn","scale_factor":0.18215,
        "unet_config":{"target":"UNetModel","params":{"in_channels":4,"out_channels":4,"model_channels":320,"attention_resolutions":[4,2,1],
        "num_res_blocks":2,"channel_mult":[1,2,4,4],"num_heads":8,"use_spatial_transformer":true,"transformer_depth":1,"context_dim":768,"legacy":false}},
        "first_stage_config":{"target":"ldm.models.autoencoder.AutoencoderKL","params":{"embed_dim":4,"ddconfig":{"double_z":true,"z_channels":4,
        "resolution":256,"in_channels":3,"out_ch":3,"ch":128,"ch_mult":[1,2,4,4],"num_res_blocks":2,"attn_resolutions":[],"dropout":0.0}}},
        "cond_stage_config":{"target":"ldm.modules.encoders.modules.FrozenCLIPEmbedder"}}}}
        """;

    // What sd_xl_base.yaml says, likewise.
    private const string StableDiffusionXl = """
        {"model":{"target":"sgm.models.diffusion.DiffusionEngine","params":{"scale_factor":0.13025,
        "denoiser_config":{"target":"sgm.modules.diffusionmodules.denoiser.DiscreteDenoiser","params":{"num_idx":1000,
        "scaling_config":{"target":"sgm.modules.diffusionmodules.denoiser_scaling.EpsScaling"},
        "discretization_config":{"target":"sgm.modules.diffusionmodules.discretizer.LegacyDDPMDiscretization","params":{}}}},
        "network_config":{"target":"sgm.modules.diffusionmodules.openaimodel.UNetModel","params":{"adm_in_channels":2816,"num_classes":"sequential",
        "in_channels":4,"out_channels":4,"model_channels":320,"attention_resolutions":[4,2],"num_res_blocks":2,"channel_mult":[1,2,4],
        "num_head_channels":64,"use_spatial_transformer":true,"use_linear_in_transformer":true,"transformer_depth":[1,2,10],"context_dim":2048}},
        "conditioner_config":{"target":"sgm.modules.GeneralConditioner","params":{"emb_models":[
        {"input_key":"txt","target":"sgm.modules.encoders.modules.FrozenCLIPEmbedder","params":{"layer":"hidden","layer_idx":11}},
        {"input_key":"txt","target":"sgm.modules.encoders.modules.FrozenOpenCLIPEmbedder2","params":{"layer":"penultimate","legacy":false}},
        {"input_key":"original_size_as_tuple","target":"sgm.modules.encoders.modules.ConcatTimestepEmbedderND","params":{"outdim":256}},
        {"input_key":"crop_coords_top_left","target":"sgm.modules.encoders.modules.ConcatTimestepEmbedderND","params":{"outdim":256}},
        {"input_key":"target_size_as_tuple","target":"sgm.modules.encoders.modules.ConcatTimestepEmbedderND","params":{"outdim":256}}]}},
        "first_stage_config":{"target":"sgm.models.autoencoder.AutoencoderKL","params":{"embed_dim":4,"ddconfig":{"double_z":true,"z_channels":4,
        "resolution":256,"in_channels":3,"out_ch":3,"ch":128,"ch_mult":[1,2,4,4],"num_res_blocks":2,"attn_resolutions":[],"dropout":0.0}}}}}}
        """;

    // Of a playground v2.5, and of models for EDM's noise levels.
    private static readonly string[] OfOtherSchedules = ["edm_mean", "edm_std", "edm_vpred.sigma_max", "edm_vpred.sigma_min"];

    /// <summary>Says whether a key only marks what a checkpoint was trained to predict.</summary>
    public static bool IsMark(string key) => key is VelocityMark or NoiseMark;

    /// <summary>Describes a checkpoint.</summary>
    /// <param name="path">The checkpoint, for messages.</param>
    /// <param name="file">Its tensors.</param>
    /// <returns>The content of its YAML; null if the checkpoint is not known.</returns>
    /// <exception cref="CheckpointException">It is known, but its keys are ambiguous.</exception>
    public static ConfigMap? Describe(string path, StateDictionary file)
    {
        if (!file.TryGetValue(First, out var first) || first.shape is not [Width, var channels, 3, 3] || channels is not (4 or Inpainting))
            return null;
        if (file.TryGetValue(Vector, out _) && file.TryGetValue(DeepContext, out var deep) && deep.dim() == 2)
            return Xl(path, file, channels, deep.shape[1]);
        if (!file.TryGetValue(Context, out var context) || context.dim() != 2)
            return null;
        if (context.shape[1] == SecondVersion)
        {
            throw new CheckpointException(
                path, "its keys are those of Stable Diffusion 2, but do not tell whether it predicts epsilon or v; put its YAML next to it "
                + "(v2-inference.yaml of the base model, v2-inference-v.yaml of the others).");
        }

        return context.shape[1] == FirstVersion ? Version1(channels) : null;
    }

    private static ConfigMap Version1(long channels)
    {
        var json = JsonNode.Parse(StableDiffusion1)!.AsObject();
        if (channels == Inpainting)
        {
            var parameters = json["model"]!["params"]!;
            parameters["conditioning_key"] = "hybrid";
            parameters["unet_config"]!["params"]!["in_channels"] = Inpainting;
        }

        return new ConfigMap(json);
    }

    private static ConfigMap? Xl(string path, StateDictionary file, long channels, long tokenWidth)
    {
        if (tokenWidth == SecondOfXl)
            throw new CheckpointException(path, "its keys are those of SDXL's refiner; this library opens SDXL base, and models derived from it.");
        if (OfOtherSchedules.FirstOrDefault(file.ContainsKey) is { } other)
        {
            throw new CheckpointException(
                path, $"it has '{other}', which says that it is SDXL with EDM's noise levels; open diffusers' folder of the same model.");
        }

        return tokenWidth == BothOfXl ? Xl(channels, predictsVelocity: file.ContainsKey(VelocityMark), endsInNoise: file.ContainsKey(NoiseMark)) : null;
    }

    private static ConfigMap Xl(long channels, bool predictsVelocity, bool endsInNoise)
    {
        var json = JsonNode.Parse(StableDiffusionXl)!.AsObject();
        var parameters = json["model"]!["params"]!;
        var denoiser = parameters["denoiser_config"]!["params"]!;
        parameters["network_config"]!["params"]!["in_channels"] = (int)channels;
        if (predictsVelocity)
            denoiser["scaling_config"]!["target"] = "VScaling";
        if (endsInNoise)
            denoiser["discretization_config"]!["params"]![SgmDiffusion.ZeroTerminalSnr] = true;
        return new ConfigMap(json);
    }
}
