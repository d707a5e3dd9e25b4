namespace LdmMl.Torch.Generation.Loras;

/// <summary>The role of a tensor of a LoRA file in W + alpha / rank * up x down.</summary>
internal enum LoraFactor
{
    /// <summary>The projection of the input to the rank (<c>lora_down</c>, <c>lora_A</c>), [rank, in, ...].</summary>
    Down,

    /// <summary>The projection of the rank to the output (<c>lora_up</c>, <c>lora_B</c>), [out, rank, ...].</summary>
    Up,

    /// <summary>The number that is divided by the rank (<c>alpha</c>).</summary>
    Alpha,
}
