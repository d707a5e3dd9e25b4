namespace LdmMl.Torch.Training;

/// <summary>The kinds of trouble that a training reports of itself (<see cref="TrainingStep.Verdicts"/>).</summary>
public enum TrainingVerdictKind
{
    /// <summary>The discriminator tells images from reconstructions beyond its margins, so that it teaches little (GAN).</summary>
    AdversaryTooStrong,

    /// <summary>The discriminator cannot tell images from reconstructions, so that its gradients are noise (GAN).</summary>
    AdversaryUseless,

    /// <summary>The adaptive weight of the adversarial term (<c>d_weight</c>) stands at its clamp.</summary>
    AdaptiveWeightAtLimit,

    /// <summary>The reconstructions have become much worse since the discriminator joined.</summary>
    ReconstructionCollapsed,

    /// <summary>Channels of a KL autoencoder's latents carry nothing (posterior collapse).</summary>
    PosteriorCollapsed,

    /// <summary>Most entries of a VQ autoencoder's codebook are hardly used (dead codes, codebook collapse).</summary>
    DeadCodes,

    /// <summary>The deviation of the latents goes on growing or shrinking; for diffusion, it is far from 1.</summary>
    LatentScaleDrifting,

    /// <summary>The gradients have become much larger than they were.</summary>
    GradientsExploding,

    /// <summary>The learning rate is far from what is usual for so many images in a step.</summary>
    LearningRateUnusual,

    /// <summary>The network does hardly better than one that has learnt nothing.</summary>
    LossNotFalling,
}
