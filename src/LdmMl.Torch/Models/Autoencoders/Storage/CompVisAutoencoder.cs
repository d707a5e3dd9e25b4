using LdmMl.Torch.Checkpoints.Configs;

namespace LdmMl.Torch.Models.Autoencoders.Storage;

/// <summary>Reads an autoencoder's config from a CompVis YAML: of an autoencoder, or of the first stage of a latent diffusion model.</summary>
internal static class CompVisAutoencoder
{
    /// <summary>Reads the shape.</summary>
    /// <param name="root">The file.</param>
    /// <param name="usedEntries">The length of the weights' <c>quantize.used</c>; 0 without one.</param>
    /// <exception cref="InvalidDataException">The YAML lacks something, or describes something that this library does not have.</exception>
    public static AutoencoderConfig Read(ConfigMap root, int usedEntries)
    {
        var model = root.Map("model") ?? root;
        var whole = model.Map("params");
        var firstStage = whole?.Map("first_stage_config") ?? model;
        var target = firstStage.NeededText("target");
        var parameters = firstStage.NeededMap("params");
        var network = parameters.NeededMap("ddconfig");
        var config = target.Split('.')[^1] switch
        {
            "AutoencoderKL" or "AutoencoderKLInferenceWrapper" => Levels(Kl(parameters, network), network),
            "VQModel" or "VQModelInterface" => Levels(Vq(parameters, network, usedEntries), network),
            var other => throw new InvalidDataException($"it describes a '{other}'; supported are AutoencoderKL, VQModel and VQModelInterface."),
        };
        RefuseUnknown(parameters, network);
        return config with { LatentScale = whole?.Number("scale_factor") ?? 1.0 };
    }

    private static KlAutoencoderConfig Kl(ConfigMap parameters, ConfigMap network)
    {
        if (!(network.Truth("double_z") ?? true))
            throw new InvalidDataException("its 'double_z' is false, but AutoencoderKL needs mean and variance.");
        return new KlAutoencoderConfig
        {
            BaseChannels = network.NeededInteger("ch"),
            ChannelMultipliers = network.NeededIntegers("ch_mult"),
            LatentChannels = parameters.NeededInteger("embed_dim"),
        };
    }

    private static VqAutoencoderConfig Vq(ConfigMap parameters, ConfigMap network, int usedEntries)
    {
        if (network.Truth("double_z") ?? true)
            throw new InvalidDataException("its 'double_z' is true, but a VQ autoencoder has no variance.");
        return new VqAutoencoderConfig
        {
            BaseChannels = network.NeededInteger("ch"),
            ChannelMultipliers = network.NeededIntegers("ch_mult"),
            LatentChannels = parameters.NeededInteger("embed_dim"),
            CodebookSize = parameters.Integer("n_embed") ?? throw new InvalidDataException("it has no 'n_embed', the size of the codebook."),
            SpatialIndices = parameters.Truth("sane_index_shape") ?? false,
            UsedEntries = usedEntries,
        };
    }

    private static ConvolutionalAutoencoderConfig Levels(ConvolutionalAutoencoderConfig config, ConfigMap network)
    {
        var attention = network.Text("attn_type") ?? "vanilla";
        if (attention is not ("vanilla" or "vanilla-xformers" or "none"))
            throw new InvalidDataException($"its attention ('attn_type') is '{attention}'; supported are vanilla and none.");
        var (channels, outputs) = (network.NeededInteger("in_channels"), network.NeededInteger("out_ch"));
        if (channels != outputs)
            throw new InvalidDataException($"its images have {channels} channels and its reconstructions {outputs}; they must be the same.");
        var sides = network.NeededIntegers("attn_resolutions");
        return config with
        {
            BottleneckChannels = network.NeededInteger("z_channels"),
            ImageChannels = channels,
            ResidualBlocks = network.NeededInteger("num_res_blocks"),
            Resolution = network.NeededInteger("resolution"),
            AttentionResolutions = attention == "none" ? [] : sides,
            MiddleAttention = attention != "none",
            ResampleWithConvolution = network.Truth("resamp_with_conv") ?? true,
            TanhOutput = network.Truth("tanh_out") ?? false,
        };
    }

    // Training's own keys have no effect here.
    private static void RefuseUnknown(ConfigMap parameters, ConfigMap network)
    {
        parameters.Ignore(
            "batch_resize_range", "ckpt_path", "colorize_nlabels", "ema_decay", "ignore_keys", "image_key", "learning_rate", "lossconfig",
            "lr_g_factor", "monitor", "n_embed", "remap", "sane_index_shape", "scheduler_config", "use_ema");
        network.Ignore("dropout");
        parameters.RefuseUnread();
        network.RefuseUnread();
    }
}
