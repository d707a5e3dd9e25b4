using LdmMl.Torch.Checkpoints.Configs;

namespace LdmMl.Torch.Models.Autoencoders.Storage;

/// <summary>
/// What the <c>config.json</c> of an <c>AutoencoderKL</c> and of a <c>VQModel</c> have in common: encoder and decoder of several levels.
/// </summary>
/// <param name="file">The file.</param>
/// <param name="extras">This library's additions to it.</param>
/// <param name="widths">The channels of each level.</param>
/// <param name="baseChannels">The channels of which the widths are multiples.</param>
internal sealed class DiffusersLevels(ConfigMap file, ConfigMap? extras, int[] widths, int baseChannels)
{
    /// <summary>Gets the channels of the first convolution.</summary>
    public int BaseChannels => baseChannels;

    /// <summary>Gets the width of each level as a multiple of those channels.</summary>
    public int[] Multipliers => [.. widths.Select(width => width / baseChannels)];

    // diffusers lists the levels with attention, CompVis the resolutions. The resolution they are derived from must be divisible by 2 at each level.
    private int Resolution
    {
        get
        {
            var factor = 1 << (widths.Length - 1);
            return Math.Max((file.Integers("sample_size")?.FirstOrDefault() ?? 32) / factor, 1) * factor;
        }
    }

    /// <summary>Reads the widths.</summary>
    /// <exception cref="InvalidDataException">They are not valid levels.</exception>
    public static DiffusersLevels Read(ConfigMap file, ConfigMap? extras)
    {
        var widths = file.Integers("block_out_channels") ?? [64];
        ConfigMap.Require(widths.Length is > 0 and < 16, $"its 'block_out_channels' has {widths.Length} levels; 1 to 15 are supported.");
        var first = extras?.Integer("base_channels") ?? widths[0];
        ConfigMap.Require(first > 0 && widths.All(width => width > 0 && width % first == 0), $"its 'block_out_channels' are not multiples of {first}.");
        return new DiffusersLevels(file, extras, widths, first);
    }

    /// <summary>Fills in what both kinds of autoencoder share.</summary>
    /// <exception cref="InvalidDataException">The file describes something that this library does not have.</exception>
    public ConvolutionalAutoencoderConfig Apply(ConvolutionalAutoencoderConfig config)
    {
        if ((file.Text("act_fn") ?? "silu") is not ("silu" or "swish"))
            throw file.Unsupported("act_fn", "silu");
        var (channels, outputs) = (file.Integer("in_channels") ?? 3, file.Integer("out_channels") ?? 3);
        ConfigMap.Require(channels == outputs, $"its images have {channels} channels and its reconstructions {outputs}; they must be the same.");
        var (before, after) = (file.Truth("use_quant_conv") ?? true, file.Truth("use_post_quant_conv") ?? true);
        ConfigMap.Require(before == after, "it has only one of 'use_quant_conv' and 'use_post_quant_conv'.");
        return config with
        {
            ImageChannels = channels,
            ResidualBlocks = file.Integer("layers_per_block") ?? 1,
            Resolution = Resolution,
            AttentionResolutions = Attention(),
            MiddleAttention = file.Truth("mid_block_add_attention") ?? true,
            ResampleWithConvolution = extras?.Truth("resamp_with_conv") ?? true,
            TanhOutput = extras?.Truth("tanh_out") ?? false,
            NormGroups = file.Integer("norm_num_groups") ?? 32,
            LatentConvolutions = before,
            LatentShift = file.Number("shift_factor") ?? 0,
        };
    }

    private int[] Attention()
    {
        var encoder = (file.Texts("down_block_types") ?? ["DownEncoderBlock2D"]).Select(HasAttention).ToArray();
        var decoder = (file.Texts("up_block_types") ?? ["UpDecoderBlock2D"]).Select(HasAttention).Reverse().ToArray();
        ConfigMap.Require(
            encoder.Length == widths.Length && decoder.Length == widths.Length,
            $"its 'down_block_types' and 'up_block_types' must have {widths.Length} entries, as 'block_out_channels' has.");
        ConfigMap.Require(encoder.SequenceEqual(decoder), "its encoder has attention at other levels than its decoder, which is not supported.");
        return [.. Enumerable.Range(0, widths.Length).Where(level => encoder[level]).Select(level => Resolution >> level)];
    }

    private static bool HasAttention(string blockType) => blockType switch
    {
        "AttnDownEncoderBlock2D" or "AttnUpDecoderBlock2D" => true,
        "DownEncoderBlock2D" or "UpDecoderBlock2D" => false,
        _ => throw new InvalidDataException($"its block type '{blockType}' is not supported."),
    };
}
