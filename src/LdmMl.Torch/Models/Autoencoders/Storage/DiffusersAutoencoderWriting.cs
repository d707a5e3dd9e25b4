using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Diffusers;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Autoencoders.Storage;

/// <summary>Converts a config and a network's weights to the content of diffusers' files.</summary>
internal static class DiffusersAutoencoderWriting
{
    /// <summary>Returns the content of <c>config.json</c>.</summary>
    public static JsonObject ToJson(AutoencoderConfig config)
    {
        var json = new JsonObject
        {
            [DiffusersAutoencoder.ClassNameKey] = DiffusersAutoencoder.ClassOf(config),
            ["_diffusers_version"] = DiffusersFolder.Version,
            ["in_channels"] = config.ImageChannels,
            ["out_channels"] = config.ImageChannels,
            ["scaling_factor"] = config.LatentScale,
        };
        if (config.LatentShift != 0)
            json["shift_factor"] = config.LatentShift;
        if (config is KlAutoencoderConfig { LatentMeans: { } means, LatentDeviations: { } deviations })
            (json["latents_mean"], json["latents_std"]) = (Array(means), Array(deviations));
        if (config is ConvolutionalAutoencoderConfig levels)
            AddLevels(json, levels);
        if (config is TinyAutoencoderConfig tiny)
            AddTiny(json, tiny);
        if (config is VqAutoencoderConfig vq)
            (json["vq_embed_dim"], json["num_vq_embeddings"]) = (vq.LatentChannels, vq.CodebookSize);
        if (Extras(config) is { Count: > 0 } extras)
            json[DiffusersAutoencoder.ExtrasKey] = extras;
        return json;
    }

    /// <summary>Renames the weights to diffusers' keys; shares memory with the network.</summary>
    public static StateDictionary Weights(AutoencoderConfig config, nn.Module network)
    {
        var weights = network.state_dict();
        if (config is not TinyAutoencoderConfig)
            return AutoencoderWeights.ToDiffusers(weights);
        using var noGradient = no_grad();
        var renamed = new StateDictionary();
        foreach (var (key, tensor) in weights)
            renamed.Add(TinyKeyMap.ToDiffusers(key), tensor.alias());
        return renamed;
    }

    private static void AddLevels(JsonObject json, ConvolutionalAutoencoderConfig config)
    {
        var levels = Enumerable.Range(0, config.ChannelMultipliers.Count).ToArray();
        json["latent_channels"] = config.BottleneckChannels;
        json["down_block_types"] = Array(levels.Select(level => Block(config, level, "AttnDownEncoderBlock2D", "DownEncoderBlock2D")));
        json["up_block_types"] = Array(levels.Reverse().Select(level => Block(config, level, "AttnUpDecoderBlock2D", "UpDecoderBlock2D")));
        json["block_out_channels"] = Array(levels.Select(config.LevelChannels));
        json["layers_per_block"] = config.ResidualBlocks;
        json["act_fn"] = "silu";
        json["norm_num_groups"] = config.NormGroups;
        json["sample_size"] = config.Resolution;
        json["mid_block_add_attention"] = config.MiddleAttention;
        if (config is KlAutoencoderConfig || !config.LatentConvolutions)
            (json["use_quant_conv"], json["use_post_quant_conv"]) = (config.LatentConvolutions, config.LatentConvolutions);
    }

    private static void AddTiny(JsonObject json, TinyAutoencoderConfig config)
    {
        json["latent_channels"] = config.LatentChannels;
        json["encoder_block_out_channels"] = Array(Enumerable.Repeat(config.Width, 4));
        json["decoder_block_out_channels"] = Array(Enumerable.Repeat(config.Width, 4));
        json["act_fn"] = "relu";
        json["upsample_fn"] = "nearest";
        json["upsampling_scaling_factor"] = 2;
        json["num_encoder_blocks"] = new JsonArray(1, 3, 3, 3);
        json["num_decoder_blocks"] = new JsonArray(3, 3, 3, 1);
        json["latent_magnitude"] = 3;
        json["latent_shift"] = 0.5;
    }

    // Only what differs from diffusers' defaults.
    private static JsonObject Extras(AutoencoderConfig config)
    {
        var extras = new JsonObject();
        if (config is not ConvolutionalAutoencoderConfig levels)
            return extras;
        Add(levels.ChannelMultipliers[0] != 1, "base_channels", levels.BaseChannels);
        Add(config is KlAutoencoderConfig && levels.LatentChannels != levels.BottleneckChannels, "embed_dim", levels.LatentChannels);
        Add(!levels.ResampleWithConvolution, "resamp_with_conv", false);
        Add(levels.TanhOutput, "tanh_out", true);
        if (config is not VqAutoencoderConfig vq)
            return extras;
        Add(true, "beta", vq.CommitmentWeight);
        Add(true, "legacy", vq.LegacyCommitment);
        Add(vq.SpatialIndices, "sane_index_shape", true);
        Add(vq.UsedEntries != 0, "used_entries", vq.UsedEntries);
        Add(vq.UsedEntries != 0, "unknown_index_policy", vq.UnknownIndexPolicy.ToString());
        Add(vq.UsedEntries != 0, "unknown_index", vq.UnknownIndex);
        return extras;

        void Add(bool isNeeded, string key, JsonNode value)
        {
            if (isNeeded)
                extras[key] = value;
        }
    }

    private static string Block(ConvolutionalAutoencoderConfig config, int level, string withAttention, string without) =>
        config.AttentionResolutions.Contains(config.Resolution >> level) ? withAttention : without;

    private static JsonArray Array(IEnumerable<int> values) => new([.. values.Select(value => (JsonNode)value)]);

    private static JsonArray Array(IEnumerable<double> values) => new([.. values.Select(value => (JsonNode)value)]);

    private static JsonArray Array(IEnumerable<string> values) => new([.. values.Select(value => (JsonNode)value)]);
}
