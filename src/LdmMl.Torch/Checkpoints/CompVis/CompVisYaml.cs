namespace LdmMl.Torch.Checkpoints.CompVis;

/// <summary>Reads the YAML that accompanies a CompVis checkpoint: of an autoencoder, or of a latent diffusion model with one inside.</summary>
internal static class CompVisYaml
{
    /// <summary>Reads the description of the autoencoder.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CheckpointException">It cannot be read, or describes no autoencoder.</exception>
    public static CompVisFirstStage ReadFirstStage(string path) => CheckpointDoor.Open(path, () => Parse(YamlFile.Read(path)));

    /// <summary>Takes the description out of a file's tree.</summary>
    /// <exception cref="InvalidDataException">It is not there or lacks something.</exception>
    internal static CompVisFirstStage Parse(YamlMap root)
    {
        var model = root.Map("model") ?? root;
        var whole = model.Map("params");
        var firstStage = whole?.Map("first_stage_config") ?? model;
        var parameters = firstStage.NeededMap("params");
        return new CompVisFirstStage
        {
            Target = firstStage.NeededText("target"),
            EmbedDim = parameters.NeededInteger("embed_dim"),
            CodeCount = parameters.Integer("n_embed"),
            Remap = parameters.Text("remap"),
            SaneIndexShape = parameters.Truth("sane_index_shape") ?? false,
            ScaleFactor = whole?.Number("scale_factor"),
            EncoderDecoder = ParseEncoderDecoder(parameters.NeededMap("ddconfig")),
        };
    }

    private static CompVisEncoderDecoder ParseEncoderDecoder(YamlMap map) => new()
    {
        DoubleZ = map.Truth("double_z") ?? true,
        LatentChannels = map.NeededInteger("z_channels"),
        Resolution = map.NeededInteger("resolution"),
        InChannels = map.NeededInteger("in_channels"),
        OutChannels = map.NeededInteger("out_ch"),
        BaseChannels = map.NeededInteger("ch"),
        ChannelMultipliers = map.NeededIntegers("ch_mult"),
        ResBlocks = map.NeededInteger("num_res_blocks"),
        AttentionResolutions = map.NeededIntegers("attn_resolutions"),
        Dropout = map.Number("dropout") ?? 0,
        ResampleWithConvolution = map.Truth("resamp_with_conv") ?? true,
        AttentionType = map.Text("attn_type") ?? "vanilla",
        TanhOut = map.Truth("tanh_out") ?? false,
    };
}
