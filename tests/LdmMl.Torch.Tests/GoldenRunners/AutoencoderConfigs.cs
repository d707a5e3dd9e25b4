using System.Text.Json;
using LdmMl.Torch.Models.Autoencoders;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>Reads the reference's hyper-parameters as JSON, so that a golden does not depend on the code that reads YAML.</summary>
internal static class AutoencoderConfigs
{
    // No output of these groups is a loss unless the runner opens lossconfig itself; the others name a field of the batch, a log and an initial checkpoint.
    private static readonly string[] NotInOutputs =
        ["lossconfig", "monitor", "image_key", "ckpt_path", "ignore_keys", "colorize_nlabels", "scheduler_config", "batch_resize_range", "lr_g_factor", "use_ema"];

    public static KlAutoencoderConfig Kl(CaseSettings parameters) =>
        Levels(
            parameters,
            new KlAutoencoderConfig { BaseChannels = 32, ChannelMultipliers = [1], LatentChannels = parameters.Int("embed_dim") },
            givesMoments: true);

    /// <param name="parameters">The reference's <c>params</c>.</param>
    /// <param name="quantizer">The options with which the quantiser was created; empty if the autoencoder created it.</param>
    /// <param name="usedEntries">The number of entries listed in the buffer <c>quantize.used</c>; 0 if there is none.</param>
    public static VqAutoencoderConfig Vq(CaseSettings parameters, CaseSettings quantizer, int usedEntries)
    {
        quantizer.Expect("class", "taming.modules.vqvae.quantize.VectorQuantizer2");
        parameters.Describes("remap");                           // the file that the buffer came from
        var policy = Policy(quantizer);
        return Levels(
            parameters,
            new VqAutoencoderConfig
            {
                BaseChannels = 32, ChannelMultipliers = [1], LatentChannels = parameters.Int("embed_dim"),
                CodebookSize = parameters.Int("n_embed"),
                CommitmentWeight = quantizer.Number("beta", 0.25),
                LegacyCommitment = quantizer.Flag("legacy", true),
                SpatialIndices = parameters.Flag("sane_index_shape", false),
                UsedEntries = quantizer.Flag("remap", usedEntries > 0) ? usedEntries : 0,
                UnknownIndexPolicy = policy,
                UnknownIndex = policy == UnknownIndexPolicy.Fixed ? quantizer.Int("unknown_index") : 0,
            },
            givesMoments: false);
    }

    private static UnknownIndexPolicy Policy(CaseSettings quantizer) =>
        quantizer.Kind("unknown_index") switch
        {
            JsonValueKind.Number => UnknownIndexPolicy.Fixed,
            _ => quantizer.Choice("unknown_index", "random", ("random", UnknownIndexPolicy.Random), ("extra", UnknownIndexPolicy.Extra)),
        };

    private static T Levels<T>(CaseSettings parameters, T empty, bool givesMoments) where T : ConvolutionalAutoencoderConfig
    {
        parameters.Describes(NotInOutputs);
        var network = parameters.Object("ddconfig");
        network.Describes("dropout");                            // the network is in evaluation mode
        network.Expect("double_z", givesMoments);
        network.Expect("out_ch", network.Int("in_channels"));
        network.Expect("use_linear_attn", false);
        network.Expect("give_pre_end", false);
        var attends = network.Choice("attn_type", "vanilla", ("vanilla", true), ("none", false));
        var resolutions = network.Ints("attn_resolutions");
        ConvolutionalAutoencoderConfig config = empty;
        return (T)(config with
        {
            BaseChannels = network.Int("ch"),
            ChannelMultipliers = network.OptionalInts("ch_mult") ?? [1, 2, 4, 8],
            BottleneckChannels = network.Int("z_channels"),
            ImageChannels = network.Int("in_channels"),
            ResidualBlocks = network.Int("num_res_blocks"),
            Resolution = network.Int("resolution"),
            AttentionResolutions = attends ? resolutions : [],
            MiddleAttention = attends,
            ResampleWithConvolution = network.Flag("resamp_with_conv", true),
            TanhOutput = network.Flag("tanh_out", false),
        });
    }
}
