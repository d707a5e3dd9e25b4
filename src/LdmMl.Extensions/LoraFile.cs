namespace LdmMl.Extensions;

/// <summary>A LoRA file of the options, and how strongly it counts.</summary>
public sealed class LoraFile
{
    /// <summary>Gets or sets the file: safetensors or a PyTorch checkpoint, with kohya's, diffusers' or PEFT's names. Required.</summary>
    public string Path { get; set; } = "";

    /// <summary>Gets or sets the factor of what it changes: 0 changes nothing, 1 what it was trained to, a negative one the opposite.</summary>
    /// <value>Default: 1.</value>
    public double Weight { get; set; } = 1;
}
