namespace LdmMl.Torch.Checkpoints.CompVis;

/// <summary>Reads the description of the U-Net in the YAML of a latent diffusion model.</summary>
internal static class CompVisUNetYaml
{
    private static readonly string[] Unsupported = ["disable_self_attentions", "num_attention_blocks", "disable_middle_self_attn"];

    /// <summary>Reads the description.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CheckpointException">It cannot be read, or describes no U-Net.</exception>
    public static CompVisUNet Read(string path) => CheckpointDoor.Open(path, () => Parse(YamlFile.Read(path)));

    /// <summary>Takes the description out of a file's tree.</summary>
    /// <exception cref="InvalidDataException">It is not there, lacks something, or is of another class.</exception>
    internal static CompVisUNet Parse(YamlMap root)
    {
        var model = root.Map("model") ?? root;
        var unet = model.Map("params")?.Map("unet_config") ?? model.Map("unet_config") ?? model;
        var target = unet.NeededText("target");
        if (target.Split('.')[^1] != CompVisUNet.ClassName)
            throw new InvalidDataException($"its U-Net is a '{target}'; supported is {CompVisUNet.ClassName}.");
        var map = unet.NeededMap("params");
        if ((map.Integer("dims") ?? 2) != 2)
            throw new InvalidDataException($"its U-Net has {map.Integer("dims")} dimensions ('dims'); supported are 2.");
        if (Unsupported.FirstOrDefault(map.Has) is { } key)
            throw new InvalidDataException($"its U-Net sets '{key}', which is not supported.");
        return Parameters(map);
    }

    private static CompVisUNet Parameters(YamlMap map)
    {
        var absent = new CompVisUNet { InChannels = 0, OutChannels = 0, ModelChannels = 0, NumResBlocks = 0, AttentionResolutions = [] };
        return absent with
        {
            ImageSize = map.Integer("image_size"),
            InChannels = map.NeededInteger("in_channels"),
            OutChannels = map.NeededInteger("out_channels"),
            ModelChannels = map.NeededInteger("model_channels"),
            NumResBlocks = map.NeededInteger("num_res_blocks"),
            AttentionResolutions = map.NeededIntegers("attention_resolutions"),
            ChannelMult = map.Has("channel_mult") ? map.NeededIntegers("channel_mult") : absent.ChannelMult,
            Dropout = map.Number("dropout") ?? 0,
            ConvResample = map.Truth("conv_resample") ?? true,
            NumClasses = map.Text("num_classes"),
            AdmInChannels = map.Integer("adm_in_channels"),
            NumHeads = map.Integer("num_heads") ?? -1,
            NumHeadChannels = map.Integer("num_head_channels") ?? -1,
            NumHeadsUpsample = map.Integer("num_heads_upsample") ?? -1,
            UseScaleShiftNorm = map.Truth("use_scale_shift_norm") ?? false,
            ResblockUpdown = map.Truth("resblock_updown") ?? false,
            UseNewAttentionOrder = map.Truth("use_new_attention_order") ?? false,
            UseSpatialTransformer = map.Truth("use_spatial_transformer") ?? false,
            UseLinearInTransformer = map.Truth("use_linear_in_transformer") ?? false,
            TransformerDepth = map.Integer("transformer_depth") ?? 1,
            ContextDim = map.Integer("context_dim"),
            NEmbed = map.Integer("n_embed"),
            Legacy = map.Truth("legacy") ?? true,
        };
    }
}
