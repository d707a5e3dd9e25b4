using System.Globalization;

namespace LdmMl.Torch.Checkpoints.Diffusers;

/// <summary>
/// The keys of a U-Net in both naming schemes: CompVis (<c>input_blocks.4.1.proj_in.weight</c>), which numbers all blocks of one side, and diffusers
/// (<c>down_blocks.1.attentions.0.proj_in.weight</c>), which numbers them level by level. It works on strings alone.
/// </summary>
/// <remarks>
/// Self-attention has one projection in CompVis and three in diffusers: it is expected to be split already, under <c>q</c>, <c>k</c> and <c>v</c>.
/// </remarks>
/// <param name="blocks">The layout of the blocks.</param>
internal sealed class UNetKeyMap(UNetBlocks blocks)
{
    private readonly int residualBlocks = blocks.ResidualBlocks;

    private int PerLevel => residualBlocks + 1;

    /// <summary>Determines whether keys are in diffusers' naming.</summary>
    public static bool IsDiffusers(IEnumerable<string> keys) => keys.Any(key => key.Split('.') is ["conv_in" or "down_blocks" or "time_embedding", ..]);

    /// <summary>Returns the diffusers key for a CompVis key; a key that both share is unchanged.</summary>
    public string ToDiffusers(string key) => key.Split('.') switch
    {
        ["time_embed", var layer, var name] => $"time_embedding.{LinearToDiffusers(layer)}.{name}",
        ["label_emb", "0", var layer, var name] => $"{(blocks.HasSizes ? "add" : "class")}_embedding.{LinearToDiffusers(layer)}.{name}",
        ["label_emb", var name] => $"class_embedding.{name}",
        ["input_blocks", "0", "0", var name] => $"conv_in.{name}",
        ["input_blocks", var block, var layer, .. var rest] => DownToDiffusers(Number(block) - 1, layer, rest),
        ["middle_block", "1", .. var rest] => $"mid_block.attentions.0.{AttentionToDiffusers(rest)}",
        ["middle_block", var layer, .. var rest] => $"mid_block.resnets.{Number(layer) / 2}.{ResBlockToDiffusers(rest)}",
        ["output_blocks", var block, var layer, .. var rest] => UpToDiffusers(Number(block), layer, rest),
        ["out", "0", var name] => $"conv_norm_out.{name}",
        ["out", "2", var name] => $"conv_out.{name}",
        _ => key,
    };

    /// <summary>Returns the CompVis key for a diffusers key, with the current or the older names of attentions.</summary>
    public string ToCompVis(string key) => key.Split('.') switch
    {
        ["time_embedding", var layer, var name] => $"time_embed.{LinearToCompVis(layer)}.{name}",
        ["class_embedding" or "add_embedding", ("linear_1" or "linear_2") and var layer, var name] => $"label_emb.0.{LinearToCompVis(layer)}.{name}",
        ["class_embedding", var name] => $"label_emb.{name}",
        ["conv_in", var name] => $"input_blocks.0.0.{name}",
        ["down_blocks", var level, .. var rest] => DownToCompVis(Number(level), rest),
        ["mid_block", "attentions", "0", .. var rest] => $"middle_block.1.{AttentionToCompVis(rest)}",
        ["mid_block", "resnets", var index, .. var rest] => $"middle_block.{Text(2 * Number(index))}.{ResBlockToCompVis(rest)}",
        ["up_blocks", var level, .. var rest] => UpToCompVis(Number(level), rest),
        ["conv_norm_out", var name] => $"out.0.{name}",
        ["conv_out", var name] => $"out.2.{name}",
        _ => key,
    };

    private string DownToDiffusers(int block, string layer, string[] rest)
    {
        var (level, index) = (block / PerLevel, block % PerLevel);
        if (index == residualBlocks)
            return $"down_blocks.{Text(level)}.downsamplers.0.{(rest is ["op", var name] ? $"conv.{name}" : ResBlockToDiffusers(rest))}";
        return $"down_blocks.{Text(level)}.{LayerToDiffusers(index, layer, rest)}";
    }

    private string DownToCompVis(int level, string[] parts) => parts switch
    {
        ["resnets" or "attentions", var index, ..] => $"input_blocks.{Text(1 + (level * PerLevel) + Number(index))}.{LayerToCompVis(parts)}",
        ["downsamplers", "0", "conv", var name] => $"input_blocks.{Text(1 + (level * PerLevel) + residualBlocks)}.0.op.{name}",
        ["downsamplers", "0", .. var rest] => $"input_blocks.{Text(1 + (level * PerLevel) + residualBlocks)}.0.{ResBlockToCompVis(rest)}",
        _ => $"down_blocks.{Text(level)}.{Join(parts)}",
    };

    private string UpToDiffusers(int block, string layer, string[] rest)
    {
        var (level, index) = (block / PerLevel, block % PerLevel);
        if (rest is ["conv", var name])
            return $"up_blocks.{Text(level)}.upsamplers.0.conv.{name}";
        var isUpsampler = layer != "0" && rest is ["in_layers" or "emb_layers" or "out_layers" or "skip_connection", ..];
        return isUpsampler
            ? $"up_blocks.{Text(level)}.upsamplers.0.{ResBlockToDiffusers(rest)}"
            : $"up_blocks.{Text(level)}.{LayerToDiffusers(index, layer, rest)}";
    }

    // diffusers counts levels on the way up from the smallest map.
    private string UpToCompVis(int level, string[] parts)
    {
        if (parts is not ["upsamplers", "0", .. var rest])
        {
            return parts is ["resnets" or "attentions", var index, ..]
                ? $"output_blocks.{Text((level * PerLevel) + Number(index))}.{LayerToCompVis(parts)}"
                : $"up_blocks.{Text(level)}.{Join(parts)}";
        }

        var block = $"output_blocks.{Text((level * PerLevel) + residualBlocks)}.{(HasAttention(blocks.Levels - 1 - level) ? "2" : "1")}";
        return rest is ["conv", ..] ? $"{block}.{Join(rest)}" : $"{block}.{ResBlockToCompVis(rest)}";
    }

    private bool HasAttention(int level) => level >= 0 && level < blocks.Levels && blocks.Attention[level];

    private string LayerToDiffusers(int index, string layer, string[] rest) => layer == "0"
        ? $"resnets.{Text(index)}.{ResBlockToDiffusers(rest)}"
        : $"attentions.{Text(index)}.{AttentionToDiffusers(rest)}";

    private static string LayerToCompVis(string[] parts) => parts[0] == "resnets"
        ? $"0.{ResBlockToCompVis(parts[2..])}"
        : $"1.{AttentionToCompVis(parts[2..])}";

    private static string ResBlockToDiffusers(string[] parts) => parts switch
    {
        ["in_layers", "0", var name] => $"norm1.{name}",
        ["in_layers", "2", var name] => $"conv1.{name}",
        ["emb_layers", "1", var name] => $"time_emb_proj.{name}",
        ["out_layers", "0", var name] => $"norm2.{name}",
        ["out_layers", "3", var name] => $"conv2.{name}",
        ["skip_connection", var name] => $"conv_shortcut.{name}",
        _ => Join(parts),
    };

    private static string ResBlockToCompVis(string[] parts) => parts switch
    {
        ["norm1", var name] => $"in_layers.0.{name}",
        ["conv1", var name] => $"in_layers.2.{name}",
        ["time_emb_proj", var name] => $"emb_layers.1.{name}",
        ["norm2", var name] => $"out_layers.0.{name}",
        ["conv2", var name] => $"out_layers.3.{name}",
        ["conv_shortcut", var name] => $"skip_connection.{name}",
        _ => Join(parts),
    };

    // A transformer has the same keys in both; only self-attention is renamed.
    private string AttentionToDiffusers(string[] parts) => parts switch
    {
        _ when blocks.Transformers => Join(parts),
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

    private static string LinearToDiffusers(string layer) => layer == "0" ? "linear_1" : "linear_2";

    private static string LinearToCompVis(string layer) => layer == "linear_1" ? "0" : "2";

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < 1024
            ? number
            : throw new InvalidDataException($"'{text}' is not the number of a U-Net's block.");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Join(string[] parts) => string.Join('.', parts);
}
