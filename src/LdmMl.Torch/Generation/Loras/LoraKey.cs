using System.Runtime.InteropServices;

namespace LdmMl.Torch.Generation.Loras;

/// <summary>
/// A key of a LoRA file, in any naming scheme: kohya's (<c>lora_unet_mid_block_attentions_0_proj_in.lora_down.weight</c>), those of
/// diffusers (<c>unet.mid_block...attn1.processor.to_q_lora.down.weight</c>, <c>...to_q.lora.down.weight</c>,
/// <c>...q_proj.lora_linear_layer.down.weight</c>) and PEFT's (<c>unet.mid_block...to_q.lora_A.weight</c>).
/// </summary>
/// <param name="Part">The network.</param>
/// <param name="Layer">The layer's name with underscores instead of dots, in which all schemes agree.</param>
/// <param name="Factor">The role of the tensor.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LoraKey(LoraPart Part, string Layer, LoraFactor Factor)
{
    private static readonly (string Ending, LoraFactor Factor)[] Endings =
    [
        (".lora_down.weight", LoraFactor.Down), (".lora_up.weight", LoraFactor.Up),
        (".lora_A.weight", LoraFactor.Down), (".lora_B.weight", LoraFactor.Up),
        (".lora_A.default.weight", LoraFactor.Down), (".lora_B.default.weight", LoraFactor.Up),
        (".lora_A.default_0.weight", LoraFactor.Down), (".lora_B.default_0.weight", LoraFactor.Up),
        (".lora_linear_layer.down.weight", LoraFactor.Down), (".lora_linear_layer.up.weight", LoraFactor.Up),
        (".lora.down.weight", LoraFactor.Down), (".lora.up.weight", LoraFactor.Up),
        ("_lora.down.weight", LoraFactor.Down), ("_lora.up.weight", LoraFactor.Up),
        (".lora_linear_layer.alpha", LoraFactor.Alpha), (".lora.alpha", LoraFactor.Alpha), ("_lora.alpha", LoraFactor.Alpha),
        (".alpha", LoraFactor.Alpha),
    ];

    private static readonly (string Beginning, LoraPart Part)[] Beginnings =
    [
        ("lora_unet_", LoraPart.UNet), ("lora_te1_", LoraPart.TextEncoder), ("lora_te2_", LoraPart.SecondTextEncoder),
        ("lora_te_", LoraPart.TextEncoder), ("unet.", LoraPart.UNet), ("text_encoder_2.", LoraPart.SecondTextEncoder),
        ("text_encoder.", LoraPart.TextEncoder), ("text_model.", LoraPart.TextEncoder),
    ];

    // The prefix that PEFT itself puts before the names of a network's layers.
    private const string Adapter = "base_model.model.";

    /// <summary>Determines whether a key belongs to PEFT's own files, which contain one network without its name.</summary>
    public static bool IsOfAdapter(string key) => key.StartsWith(Adapter, StringComparison.Ordinal);

    /// <summary>Parses a key.</summary>
    /// <returns>The parsed key; null if it is not a LoRA key.</returns>
    public static LoraKey? Parse(string key)
    {
        foreach (var (ending, factor) in Endings)
        {
            if (key.Length > ending.Length && key.EndsWith(ending, StringComparison.Ordinal))
                return Of(key[..^ending.Length], factor);
        }

        return null;
    }

    // A file that does not name networks contains only a U-Net, unless its keys begin as a text encoder's do.
    private static LoraKey Of(string layer, LoraFactor factor)
    {
        layer = IsOfAdapter(layer) ? layer[Adapter.Length..] : layer;
        var (beginning, part) = Array.Find(Beginnings, entry => layer.StartsWith(entry.Beginning, StringComparison.Ordinal));
        var own = beginning is null or "text_model." ? layer : layer[beginning.Length..];
        var name = own.Replace(".processor.", ".", StringComparison.Ordinal).Replace('.', '_');
        return new LoraKey(part, name, factor);
    }
}
