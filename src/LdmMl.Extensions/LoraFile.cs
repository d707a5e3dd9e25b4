namespace LdmMl.Extensions;

/// <summary>A LoRA file in the options, and its weight.</summary>
public sealed class LoraFile
{
    /// <summary>Gets or sets the path: safetensors or a PyTorch checkpoint, with kohya's, diffusers' or PEFT's names. Required.</summary>
    public string Path { get; set; } = "";

    /// <summary>Gets or sets the factor of its change: 0 has no effect, 1 is the strength at which it was trained, negative reverses it.</summary>
    /// <value>Default: 1.</value>
    public double Weight { get; set; } = 1;
}
