namespace LdmMl.Torch.Generation.Loras;

/// <summary>What a tensor of a LoRA file is to its layer: W + alpha / rank * up x down.</summary>
internal enum LoraFactor
{
    /// <summary>From the input to few numbers (<c>lora_down</c>, <c>lora_A</c>), [rank, in, ...].</summary>
    Down,

    /// <summary>From those to the output (<c>lora_up</c>, <c>lora_B</c>), [out, rank, ...].</summary>
    Up,

    /// <summary>The number over the rank (<c>alpha</c>).</summary>
    Alpha,
}
