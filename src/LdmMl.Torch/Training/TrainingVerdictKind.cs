using System.Text.Json.Serialization;

namespace LdmMl.Torch.Training;

/// <summary>The kinds of problems that a training reports (<see cref="TrainingStep.Verdicts"/>).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TrainingVerdictKind>))]
public enum TrainingVerdictKind
{
    /// <summary>The discriminator separates images from reconstructions beyond its margins, so its gradients are small (GAN).</summary>
    AdversaryTooStrong,

    /// <summary>The discriminator cannot tell images from reconstructions, so its gradients are noise (GAN).</summary>
    AdversaryUseless,

    /// <summary>The adaptive weight of the adversarial term (<c>d_weight</c>) is at its upper limit.</summary>
    AdaptiveWeightAtLimit,

    /// <summary>The reconstructions have become much worse since the discriminator started.</summary>
    ReconstructionCollapsed,

    /// <summary>Channels of a KL autoencoder's latents carry no information (posterior collapse).</summary>
    PosteriorCollapsed,

    /// <summary>Most entries of a VQ autoencoder's codebook are hardly used (dead codes, codebook collapse).</summary>
    DeadCodes,

    /// <summary>The standard deviation of the latents keeps growing or shrinking; for diffusion, it is far from 1.</summary>
    LatentScaleDrifting,

    /// <summary>The gradients have become much larger than they were.</summary>
    GradientsExploding,

    /// <summary>The learning rate is far from the usual one for the number of images per step.</summary>
    LearningRateUnusual,

    /// <summary>The network is hardly better than an untrained one.</summary>
    LossNotFalling,
}
