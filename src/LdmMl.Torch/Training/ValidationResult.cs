using System.Text.Json.Serialization;

namespace LdmMl.Torch.Training;

/// <summary>A validation: a <see cref="ReconstructionValidation"/> of an autoencoder, or a <see cref="DiffusionValidation"/>.</summary>
/// <param name="Step">The number of steps before it.</param>
[JsonDerivedType(typeof(ReconstructionValidation), "reconstruction")]
[JsonDerivedType(typeof(DiffusionValidation), "diffusion")]
public abstract record ValidationResult(int Step)
{
    // Smaller is better.
    internal abstract double Error { get; }
}
