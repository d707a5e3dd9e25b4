namespace LdmMl.Torch.Generation.Loras;

/// <summary>The networks that a LoRA can change.</summary>
internal enum LoraPart
{
    /// <summary>The U-Net.</summary>
    UNet,

    /// <summary>The text encoder, or the first of SDXL.</summary>
    TextEncoder,

    /// <summary>The second text encoder of SDXL.</summary>
    SecondTextEncoder,
}
