using LdmMl.Torch.Checkpoints.Configs;

namespace LdmMl.Torch.Models.Autoencoders.Storage;

/// <summary>Compares the <c>config.json</c> of an <c>AutoencoderTiny</c> with the shape that its weights have.</summary>
internal static class TinyAutoencoderReading
{
    private static readonly int[] EncoderBlocks = [1, 3, 3, 3];
    private static readonly int[] DecoderBlocks = [3, 3, 3, 1];

    /// <summary>Adds what only the file says to the shape inferred from the weights.</summary>
    /// <exception cref="InvalidDataException">The file contradicts the weights, or describes something unsupported.</exception>
    public static TinyAutoencoderConfig ToConfig(ConfigMap file, TinyAutoencoderConfig weights)
    {
        RequireText(file, "act_fn", "relu");
        RequireText(file, "upsample_fn", "nearest");
        Require(file, "upsampling_scaling_factor", "2", number => number == 2);
        Require(file, "in_channels", $"{weights.ImageChannels}, as the weights have", number => number == weights.ImageChannels);
        Require(file, "out_channels", $"{weights.ImageChannels}, as the weights have", number => number == weights.ImageChannels);
        Require(file, "latent_channels", $"{weights.LatentChannels}, as the weights have", number => number == weights.LatentChannels);
        foreach (var key in new[] { "encoder_block_out_channels", "decoder_block_out_channels", "block_out_channels" })
            Require(file, key, $"4 times {weights.Width}, as the weights have", numbers => numbers.Length == 4 && numbers.All(width => width == weights.Width));
        Require(file, "num_encoder_blocks", "[1, 3, 3, 3]", numbers => numbers.SequenceEqual(EncoderBlocks));
        Require(file, "num_decoder_blocks", "[3, 3, 3, 1]", numbers => numbers.SequenceEqual(DecoderBlocks));

        // Only affects how diffusers stores latents as images.
        file.Ignore("latent_magnitude", "latent_shift");
        return weights with { LatentScale = file.Number("scaling_factor") ?? 1, LatentShift = file.Number("shift_factor") ?? 0 };
    }

    private static void RequireText(ConfigMap file, string key, string supported)
    {
        if ((file.Text(key) ?? supported) != supported)
            throw file.Unsupported(key, supported);
    }

    private static void Require(ConfigMap file, string key, string supported, Func<int, bool> isSupported) =>
        Require(file, key, supported, numbers => numbers is [var number] && isSupported(number));

    private static void Require(ConfigMap file, string key, string supported, Func<int[], bool> areSupported)
    {
        if (file.Integers(key) is { } numbers && !areSupported(numbers))
            throw file.Unsupported(key, supported);
    }
}
