using System.Text.Json.Serialization;
using LdmMl.Torch.Arguments;

namespace LdmMl.Torch.Diffusion;

/// <summary>Describes a noise schedule: the number of forward steps, and the noise that each adds (Ho et al. 2020, eq. 2).</summary>
public sealed record NoiseScheduleConfig
{
    /// <summary>
    /// Gets the number of forward steps T (<c>timesteps</c>, <c>num_train_timesteps</c>), at least 1; steps are numbered 0 to T - 1.
    /// </summary>
    /// <value>Default: 1000.</value>
    public int Steps { get; init; } = 1000;

    /// <summary>Gets the curve of beta (<c>beta_schedule</c>).</summary>
    /// <value>Default: <see cref="BetaCurve.ScaledLinear"/>.</value>
    public BetaCurve Curve { get; init; } = BetaCurve.ScaledLinear;

    /// <summary>Gets the first beta (<c>linear_start</c>, <c>beta_start</c>), above 0 and below 1; unused by cosine and trained betas.</summary>
    /// <value>Default: 0.0015, as in the published latent diffusion models.</value>
    public double FirstBeta { get; init; } = 0.0015;

    /// <summary>
    /// Gets the last beta (<c>linear_end</c>, <c>beta_end</c>), at least <see cref="FirstBeta"/> and below 1; unused by cosine and trained betas.
    /// </summary>
    /// <value>Default: 0.0195, as in the published latent diffusion models.</value>
    public double LastBeta { get; init; } = 0.0195;

    /// <summary>Gets the offset s that keeps the cosine's first betas from vanishing (<c>cosine_s</c>), at least 0.</summary>
    /// <value>Default: 0.008.</value>
    public double CosineOffset { get; init; } = 8e-3;

    /// <summary>Gets the betas of <see cref="BetaCurve.Trained"/> (<c>trained_betas</c>): one per step, each above 0 and at most 1.</summary>
    /// <value>Default: null.</value>
    public IReadOnlyList<double>? Betas { get; init; }

    /// <summary>
    /// Gets the share v of the upper bound in the variance of a reverse step, 0 to 1 (CompVis <c>v_posterior</c>):
    /// (1 - v) times the posterior's variance plus v times beta (Ho et al. 2020, section 3.2).
    /// </summary>
    /// <value>Default: 0.</value>
    public double PosteriorBetaShare { get; init; }

    /// <summary>
    /// Gets whether alphaBar is shifted and scaled so that the last step keeps nothing of the image
    /// (Lin et al. 2024, algorithm 1; <c>rescale_betas_zero_snr</c>). Needs a network that predicts v or x_0.
    /// </summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool ZeroTerminalSnr { get; init; }

    /// <summary>Gets the precision in which the tables are computed; they are stored in double precision either way.</summary>
    /// <value>Default: <see cref="TablePrecision.Exact"/>.</value>
    [JsonInclude]
    internal TablePrecision Precision { get; init; }

    /// <summary>Gets the last alphaBar if it is set separately; 0 otherwise. diffusers uses 2^-24.</summary>
    /// <value>Default: 0.</value>
    [JsonInclude]
    internal double TerminalAlphaBar { get; init; }

    /// <summary>Gets the schedule of the published latent diffusion models (celebahq256, ffhq256, lsun, cin256).</summary>
    public static NoiseScheduleConfig LatentDiffusion { get; } = new();

    /// <summary>Gets the schedule of Stable Diffusion 1.x and 2.x and of the published text-to-image model.</summary>
    public static NoiseScheduleConfig StableDiffusion { get; } = new() { FirstBeta = 0.00085, LastBeta = 0.012 };

    /// <summary>Gets the linear schedule of Ho et al. 2020.</summary>
    public static NoiseScheduleConfig Ddpm { get; } = new() { Curve = BetaCurve.Linear, FirstBeta = 1e-4, LastBeta = 0.02 };

    /// <summary>Throws when a value is outside its range.</summary>
    internal void Validate()
    {
        Check.AtLeast(Steps, 1);
        Check.Defined(Curve);
        Check.Within(PosteriorBetaShare, 0, 1);
        if (Curve is BetaCurve.Trained)
            ValidateTrained();
        else if (Curve is BetaCurve.Cosine)
            Check.AtLeast(CosineOffset, 0);
        else
            ValidateRamp();
    }

    private void ValidateRamp()
    {
        Check.That(FirstBeta is > 0 and < 1, FirstBeta, "it must be above 0 and below 1");
        Check.That(LastBeta < 1 && LastBeta >= FirstBeta, LastBeta, $"it must be at least {nameof(FirstBeta)}, {FirstBeta}, and below 1");
    }

    private void ValidateTrained()
    {
        Check.That(Betas?.Count == Steps, Betas?.Count ?? 0, $"give one for each of {Steps} steps", $"{nameof(Betas)}.{nameof(Betas.Count)}");
        for (var step = 0; step < Steps; step++)
            Check.That(Betas![step] is > 0 and <= 1, Betas[step], "it must be above 0 and at most 1", $"{nameof(Betas)}[{step}]");
    }
}
