using LdmMl.Torch.Checkpoints.Configs;

namespace LdmMl.Torch.Models.UNets.Storage;

/// <summary>Options of diffusers' U-Nets that this library does not support: if ignored, they would silently give wrong results.</summary>
internal static class UnsupportedOptions
{
    private static readonly string[] MustBeFalse =
        ["center_input_sample", "dual_cross_attention", "resnet_skip_time_act", "class_embeddings_concat", "mid_block_only_cross_attention"];

    private static readonly string[] MustBeAbsent =
    [
        "encoder_hid_dim", "encoder_hid_dim_type", "time_embedding_act_fn", "timestep_post_act", "time_cond_proj_dim",
        "cross_attention_norm", "num_attention_heads", "time_embedding_dim", "reverse_transformer_layers_per_block",
    ];

    private static readonly (string Key, double Value)[] MustBeNumber =
    [
        ("freq_shift", 0), ("downsample_padding", 1), ("mid_block_scale_factor", 1), ("resnet_out_scale_factor", 1), ("conv_in_kernel", 3),
        ("conv_out_kernel", 3), ("norm_eps", NormalizedConvolution.Epsilon),
    ];

    // These have no effect: they affect how the same results are computed, or belong to what is refused above.
    private static readonly string[] Harmless =
    [
        "sample_size", "upcast_attention", "num_train_timesteps",
        "projection_class_embeddings_input_dim", "attn_norm_num_groups",
    ];

    /// <exception cref="InvalidDataException">There is one; the message names it.</exception>
    public static void Check(ConfigMap options)
    {
        foreach (var key in MustBeFalse)
            Require(!(options.SameTruth(key) ?? false), key, "true");
        foreach (var key in MustBeAbsent)
            Require(!options.Has(key), key, "given");
        foreach (var (key, value) in MustBeNumber)
            Require((options.Number(key) ?? value) == value, key, $"{options.Number(key)}");
        Require(options.Truth("flip_sin_to_cos") ?? true, "flip_sin_to_cos", "false");
        Require(options.Truth("add_attention") ?? true, "add_attention", "false");
        options.Ignore(Harmless);
        RequireText(options, "act_fn", "silu", "swish");
        RequireText(options, "time_embedding_type", "positional");
        RequireText(options, "attention_type", "default");
    }

    private static void RequireText(ConfigMap options, string key, params string[] supported)
    {
        var text = options.Text(key);
        Require(text is null || supported.Contains(text), key, $"'{text}'");
    }

    private static void Require(bool holds, string key, string value)
    {
        if (!holds)
            throw new InvalidDataException($"its '{key}' is {value}, which is not supported.");
    }
}
