namespace LdmMl.Torch.Training.Monitoring;

/// <summary>The thresholds of the monitor, with reasons. A training that goes well gives no verdict.</summary>
internal static class MonitorLimits
{
    /// <summary>
    /// The margins of the hinge loss (Lim and Ye 2017). If the mean logits lie beyond both, the discriminator has no loss, and no gradient to
    /// learn from; for the vanilla loss they mean that it is right at odds of e to 1.
    /// </summary>
    public const double LogitMargin = 1;

    /// <summary>The difference of the logits below which the discriminator cannot tell images apart: a twentieth of a margin.</summary>
    public const double LogitDifference = 0.05;

    /// <summary>The share of steps with the adaptive weight at its limit that is too large: more than half.</summary>
    public const double ClampedShare = 0.5;

    /// <summary>
    /// The ratio of the reconstruction error to its smallest running mean that counts as a collapse. A useful discriminator costs a few percent
    /// (about 0.5 dB of PSNR); 1.5 times is 3.5 dB.
    /// </summary>
    public const double Collapse = 1.5;

    /// <summary>The growth up to which a state counts as good: the difference between one window of batches and the next.</summary>
    public const double Good = 1.1;

    /// <summary>
    /// The divergence in nats per value below which a channel carries no information: a hundredth of a nat, about a seventieth of a bit. Channels in
    /// use have several nats.
    /// </summary>
    public const double ChannelDivergence = 0.01;

    /// <summary>The share of the average use below which an entry of the codebook counts as dead.</summary>
    public const double CodeUse = 0.01;

    /// <summary>The share of dead entries that is too large: a codebook of half the size would be as good.</summary>
    public const double DeadShare = 0.5;

    /// <summary>
    /// The factor between the latents' standard deviations in two windows that counts as a drift. It grows in the first steps of every training; in
    /// the second half it varies by tens of percent at most.
    /// </summary>
    public const double ScaleDrift = 2;

    /// <summary>
    /// The factor by which the standard deviation of a diffusion model's latents may differ from 1. At 2 the schedule is shifted by a log-SNR of 1.4,
    /// as much as from one image size to its double (Hoogeboom et al. 2023).
    /// </summary>
    public const double ScaleError = 2;

    /// <summary>
    /// The growth of the gradients' norm, as a geometric mean, that counts as an explosion: single batches reach three times the mean, and a
    /// discriminator that starts adds about as much.
    /// </summary>
    public const double GradientGrowth = 10;

    /// <summary>
    /// How far the learning rate may lie above the defaults and below the published rates. Both are for a batch of 16, and scale with the square root
    /// of the images per step, as Adam's noise does (Malladi et al. 2022).
    /// </summary>
    public const double RateFactor = 10;

    /// <summary>The number of images to which <see cref="RateFactor"/> refers.</summary>
    public const int UsualImages = 16;

    /// <summary>The share of an untrained network's error that counts as no progress; after a few hundred steps the error is far lower.</summary>
    public const double FlatShare = 0.9;
}
