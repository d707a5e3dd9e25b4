using System.Globalization;

namespace LdmMl.Torch.Checkpoints.Diffusers;

/// <summary>
/// The keys of an autoencoder (KL or VQ) in both naming schemes: CompVis (<c>decoder.up.0.block.1.conv1.weight</c>)
/// and diffusers (<c>decoder.up_blocks.3.resnets.1.conv1.weight</c>). It works on strings alone.
/// </summary>
/// <param name="levels">The number of resolution levels. CompVis counts the decoder's from the image, diffusers from the latent.</param>
internal sealed class AutoencoderKeyMap(int levels)
{
    /// <summary>Determines whether keys are in diffusers' naming.</summary>
    public static bool IsDiffusers(IEnumerable<string> keys) =>
        keys.Any(key => key.Split('.') is ["encoder" or "decoder", "down_blocks" or "up_blocks" or "mid_block" or "conv_norm_out", ..]);

    /// <summary>Counts the levels of an autoencoder by its keys, in either naming scheme.</summary>
    public static int CountLevels(IEnumerable<string> keys) => keys
        .Select(key => key.Split('.') is [_, "down_blocks" or "up_blocks" or "down" or "up", var level, ..] ? Number(level) + 1 : 0)
        .DefaultIfEmpty(0)
        .Max();

    /// <summary>
    /// Determines whether a key in CompVis' naming is the weight of an attention's projection: [C, C, 1, 1] there, [C, C] in diffusers.
    /// </summary>
    public static bool IsProjection(string compVisKey) => compVisKey.Split('.') is
        [_, "down" or "up", _, "attn", _, "q" or "k" or "v" or "proj_out", "weight"]
        or [_, "mid", "attn_1", "q" or "k" or "v" or "proj_out", "weight"];

    /// <summary>Returns the diffusers key for a CompVis key; a key that both share is unchanged.</summary>
    public string ToDiffusers(string key) => key.Split('.') switch
    {
        ["encoder", "down", var level, .. var rest] => $"encoder.down_blocks.{level}.{LevelToDiffusers(rest)}",
        ["decoder", "up", var level, .. var rest] => $"decoder.up_blocks.{Reverse(level)}.{LevelToDiffusers(rest)}",
        [var side, "mid", "block_1", .. var rest] => $"{side}.mid_block.resnets.0.{ResBlockToDiffusers(rest)}",
        [var side, "mid", "block_2", .. var rest] => $"{side}.mid_block.resnets.1.{ResBlockToDiffusers(rest)}",
        [var side, "mid", "attn_1", .. var rest] => $"{side}.mid_block.attentions.0.{AttentionToDiffusers(rest)}",
        [var side, "norm_out", var name] => $"{side}.conv_norm_out.{name}",
        _ => key,
    };

    /// <summary>Returns the CompVis key for a diffusers key, with the current or the older names of attentions; a key that both have in
    /// common is unchanged.</summary>
    public string ToCompVis(string key) => key.Split('.') switch
    {
        ["encoder", "down_blocks", var level, .. var rest] => $"encoder.down.{level}.{LevelToCompVis(rest)}",
        ["decoder", "up_blocks", var level, .. var rest] => $"decoder.up.{Reverse(level)}.{LevelToCompVis(rest)}",
        [var side, "mid_block", "resnets", "0", .. var rest] => $"{side}.mid.block_1.{ResBlockToCompVis(rest)}",
        [var side, "mid_block", "resnets", "1", .. var rest] => $"{side}.mid.block_2.{ResBlockToCompVis(rest)}",
        [var side, "mid_block", "attentions", "0", .. var rest] => $"{side}.mid.attn_1.{AttentionToCompVis(rest)}",
        [var side, "conv_norm_out", var name] => $"{side}.norm_out.{name}",
        _ => key,
    };

    private static string LevelToDiffusers(string[] parts) => parts switch
    {
        ["block", var index, .. var rest] => $"resnets.{index}.{ResBlockToDiffusers(rest)}",
        ["attn", var index, .. var rest] => $"attentions.{index}.{AttentionToDiffusers(rest)}",
        ["downsample", .. var rest] => $"downsamplers.0.{Join(rest)}",
        ["upsample", .. var rest] => $"upsamplers.0.{Join(rest)}",
        _ => Join(parts),
    };

    private static string LevelToCompVis(string[] parts) => parts switch
    {
        ["resnets", var index, .. var rest] => $"block.{index}.{ResBlockToCompVis(rest)}",
        ["attentions", var index, .. var rest] => $"attn.{index}.{AttentionToCompVis(rest)}",
        ["downsamplers", "0", .. var rest] => $"downsample.{Join(rest)}",
        ["upsamplers", "0", .. var rest] => $"upsample.{Join(rest)}",
        _ => Join(parts),
    };

    private static string ResBlockToDiffusers(string[] parts) => parts is ["nin_shortcut", var name] ? $"conv_shortcut.{name}" : Join(parts);

    private static string ResBlockToCompVis(string[] parts) => parts is ["conv_shortcut", var name] ? $"nin_shortcut.{name}" : Join(parts);

    private static string AttentionToDiffusers(string[] parts) => parts switch
    {
        ["norm", var name] => $"group_norm.{name}",
        ["q" or "k" or "v", var name] => $"to_{parts[0]}.{name}",
        ["proj_out", var name] => $"to_out.0.{name}",
        _ => Join(parts),
    };

    private static string AttentionToCompVis(string[] parts) => parts switch
    {
        ["group_norm", var name] => $"norm.{name}",
        ["to_q" or "query", var name] => $"q.{name}",
        ["to_k" or "key", var name] => $"k.{name}",
        ["to_v" or "value", var name] => $"v.{name}",
        ["to_out", "0", var name] => $"proj_out.{name}",
        ["proj_attn", var name] => $"proj_out.{name}",
        _ => Join(parts),
    };

    private string Reverse(string level) => (levels - 1 - Number(level)).ToString(CultureInfo.InvariantCulture);

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < 64
            ? number
            : throw new InvalidDataException($"'{text}' is not a level of an autoencoder.");

    private static string Join(string[] parts) => string.Join('.', parts);
}
