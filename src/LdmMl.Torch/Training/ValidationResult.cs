using System.Text.Json.Serialization;

namespace LdmMl.Torch.Training;

/// <summary>
/// What a validation found: a <see cref="ReconstructionValidation"/> for an autoencoder, a <see cref="DiffusionValidation"/> for diffusion.
/// </summary>
/// <param name="Step">After how many steps.</param>
[JsonDerivedType(typeof(ReconstructionValidation))]
[JsonDerivedType(typeof(DiffusionValidation))]
public abstract record ValidationResult(int Step);
