namespace LdmMl.Torch.Training.Monitoring;

/// <summary>The thresholds of the monitor, each with its reason. Trainings that go well give no verdict.</summary>
internal static class MonitorLimits
{
    /// <summary>
    /// The margins of the hinge loss (Lim and Ye 2017). Logits that lie beyond both on the mean give the discriminator no loss, and no gradient to
    /// learn from; for the vanilla loss they mean that it is right at odds of e to 1.
    /// </summary>
    public const double LogitMargin = 1;

    /// <summary>The difference of the logits below which the discriminator cannot tell images apart: a twentieth of a margin.</summary>
    public const double LogitDifference = 0.05;

    /// <summary>The share of steps with the adaptive weight at its limit that is too large: more than half.</summary>
    public const double ClampedShare = 0.5;

    /// <summary>
    /// The growth of the reconstruction error, over its smallest running mean, that is a collapse. A discriminator that helps costs a few percent
    /// (about 0.5 dB of PSNR); half as much again is 3.5 dB.
    /// </summary>
    public const double Collapse = 1.5;

    /// <summary>The growth up to which a state counts as good: the difference between one window of batches and the next.</summary>
    public const double Good = 1.1;

    /// <summary>
    /// The divergence in nats for each value below which a channel carries nothing: a hundredth, about a seventieth of a bit. Channels that are used
    /// have several nats.
    /// </summary>
    public const double ChannelDivergence = 0.01;

    /// <summary>The share of its even part of the uses below which an entry of the codebook counts as dead.</summary>
    public const double CodeUse = 0.01;

    /// <summary>The share of dead entries that is too large: then a codebook of half the size would be as good.</summary>
    public const double DeadShare = 0.5;

    /// <summary>
    /// The factor in the latents' deviation from one window to the next that is a drift. It grows in the first steps of every training; in the second
    /// half it has settled within tens of percent.
    /// </summary>
    public const double ScaleDrift = 2;

    /// <summary>
    /// The factor by which the latents that a diffusion model learns may differ from deviation 1. At 2 the schedule is shifted by a log-SNR of 1.4,
    /// as
    /// much as from one image size to its double (Hoogeboom et al. 2023).
    /// </summary>
    public const double ScaleError = 2;

    /// <summary>
    /// The growth of the gradients' norm, as a geometric mean, that is an explosion: single batches reach three times the mean, and a discriminator
    /// that
    /// joins adds about as much.
    /// </summary>
    public const double GradientGrowth = 10;

    /// <summary>
    /// How far the learning rate may lie above the defaults and below the published rates. Both hold for a batch of 16, and go with the root of the
    /// images in a step, as Adam's noise does (Malladi et al. 2022).
    /// </summary>
    public const double RateFactor = 10;

    /// <summary>The number of images to which <see cref="RateFactor"/> refers.</summary>
    public const int UsualImages = 16;

    /// <summary>The share of an untrained network's error that counts as no progress; a few hundred steps reach far less.</summary>
    public const double FlatShare = 0.9;
}
