namespace LdmMl.Torch.Checkpoints;

/// <summary>The number format of weights in files; models may compute in another one.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1720", Justification = "The names are those of the number formats.")]
public enum StorageFormat
{
    /// <summary>32-bit floats: exactly the trained values.</summary>
    Float32,

    /// <summary>16-bit floats: half the size, 11 bits of precision, magnitudes up to 65,504.</summary>
    Float16,

    /// <summary>16-bit brain floats: half the size, 8 bits of precision, the range of 32-bit floats.</summary>
    BFloat16,
}
