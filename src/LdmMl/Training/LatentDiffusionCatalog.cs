using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>What latent diffusion adds to an MLContext beside transforms.</summary>
public sealed partial class LatentDiffusionCatalog
{
    private readonly IHostEnvironment environment;

    internal LatentDiffusionCatalog(IHostEnvironment environment)
    {
        this.environment = environment;
        Trainers = new LatentDiffusionTrainers(environment);
    }

    /// <summary>Gets the trainers.</summary>
    public LatentDiffusionTrainers Trainers { get; }
}
