namespace LdmMl.Torch.Models;

/// <summary>The number format in which a network computes; images and latents are float32 in either.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1720", Justification = "The names are those of the number formats.")]
public enum ModelPrecision
{
    /// <summary>32-bit floats, equal to the reference.</summary>
    Float32,

    /// <summary>
    /// 16-bit brain floats: half the memory, 50 dB or more to float32. On a CPU it saves memory, not time: libtorch computes it, which on processors with
    /// bf16 arithmetic takes about 0.6 of the time of float32 in <c>ConvolutionMode.Direct</c>, but longer than float32 in the default mode; on others it
    /// is slower than either.
    /// </summary>
    BFloat16,
}
