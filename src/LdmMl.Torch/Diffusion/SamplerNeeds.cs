namespace LdmMl.Torch.Diffusion;

/// <summary>What a sampler needs of the plan over whose steps it goes, and of the network that it asks.</summary>
public sealed record SamplerNeeds
{
    /// <summary>Gets the needs of a sampler that moves over a schedule's own steps, as DDPM and DDIM do.</summary>
    public static SamplerNeeds Timesteps { get; } = new() { Grids = [SamplingGrid.Timesteps], Spacing = TimestepSpacing.Uniform };

    /// <summary>Gets the needs of a sampler that moves over states x_0 + sigma epsilon, as those of k-diffusion do.</summary>
    public static SamplerNeeds Sigmas { get; } = new() { Grids = [SamplingGrid.Sigmas] };

    /// <summary>Gets the grids on which it moves, the usual one first; at least one.</summary>
    public required IReadOnlyList<SamplingGrid> Grids { get; init; }

    /// <summary>Gets which forward steps it usually takes.</summary>
    /// <value>Default: <see cref="TimestepSpacing.Linspace"/>.</value>
    public TimestepSpacing Spacing { get; init; } = TimestepSpacing.Linspace;

    /// <summary>Gets where it usually ends over timesteps.</summary>
    /// <value>Default: <see cref="SamplingEnd.FirstStep"/>.</value>
    public SamplingEnd End { get; init; } = SamplingEnd.FirstStep;

    /// <summary>
    /// Gets whether it divides by a step's width in lambda = ln(alpha / sigma), so that no two timesteps may be the same.
    /// </summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool SolvesInLambda { get; init; }

    /// <summary>
    /// Gets whether a limit of x_0 (<see cref="SamplingSettings.ClipRange"/>) must change epsilon too, because epsilon is all
    /// that it uses.
    /// </summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool LimitsEpsilon { get; init; }

    /// <summary>
    /// Gets whether the first state must hold something of an image: at zero terminal SNR an epsilon says nothing about x_0.
    /// </summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool NeedsSignal { get; init; }
}
