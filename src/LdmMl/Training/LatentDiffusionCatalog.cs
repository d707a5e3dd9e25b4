using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>What latent diffusion adds to an MLContext beside transforms.</summary>
public sealed class LatentDiffusionCatalog
{
    internal LatentDiffusionCatalog(IHostEnvironment environment) => Trainers = new LatentDiffusionTrainers(environment);

    /// <summary>Gets the trainers.</summary>
    public LatentDiffusionTrainers Trainers { get; }
}
