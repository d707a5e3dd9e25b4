using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Configs;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>Describes published checkpoints that are recognised by their keys, for use without a YAML.</summary>
internal static class KnownCheckpoints
{
    private const string First = "model.diffusion_model.input_blocks.0.0.weight";
    private const string Context = "model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight";

    private const int Width = 320;
    private const int FirstVersion = 768;    // the width of a token in Stable Diffusion 1
    private const int SecondVersion = 1024;  // and in Stable Diffusion 2
    private const int Inpainting = 9;        // input channels of an inpainting model

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

    /// <summary>Describes a checkpoint.</summary>
    /// <param name="path">The checkpoint, for messages.</param>
    /// <param name="file">Its tensors.</param>
    /// <returns>The content of its YAML; null if the checkpoint is not known.</returns>
    /// <exception cref="CheckpointException">It is known, but its keys are ambiguous.</exception>
    public static ConfigMap? Describe(string path, StateDictionary file)
    {
        if (!file.TryGetValue(First, out var first) || !file.TryGetValue(Context, out var context) || context.dim() != 2)
            return null;
        if (first.shape is not [Width, var channels, 3, 3] || channels is not (4 or Inpainting))
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
}
