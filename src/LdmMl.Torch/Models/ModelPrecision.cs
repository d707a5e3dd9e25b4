namespace LdmMl.Torch.Models;

/// <summary>The number format in which a network computes; images and latents are float32 in either.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1720", Justification = "The names are those of the number formats.")]
public enum ModelPrecision
{
    /// <summary>32-bit floats, equal to the reference.</summary>
    Float32,

    /// <summary>16-bit brain floats: half the memory, about half the time on processors with bf16 arithmetic, 50 dB or more to float32.</summary>
    BFloat16,
}
