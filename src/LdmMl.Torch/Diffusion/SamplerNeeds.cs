namespace LdmMl.Torch.Diffusion;

/// <summary>What a sampler requires of its plan and of the network.</summary>
public sealed record SamplerNeeds
{
    /// <summary>Gets the needs of a sampler over a schedule's own timesteps, such as DDPM and DDIM.</summary>
    public static SamplerNeeds Timesteps { get; } = new() { Grids = [SamplingGrid.Timesteps], Spacing = TimestepSpacing.Uniform };

    /// <summary>Gets the needs of a sampler over states x_0 + sigma epsilon, such as those of k-diffusion.</summary>
    public static SamplerNeeds Sigmas { get; } = new() { Grids = [SamplingGrid.Sigmas] };

    /// <summary>Gets the supported grids, the default first; at least one.</summary>
    public required IReadOnlyList<SamplingGrid> Grids { get; init; }

    /// <summary>Gets its default timestep spacing.</summary>
    /// <value>Default: <see cref="TimestepSpacing.Linspace"/>.</value>
    public TimestepSpacing Spacing { get; init; } = TimestepSpacing.Linspace;

    /// <summary>Gets its default end over timesteps.</summary>
    /// <value>Default: <see cref="SamplingEnd.FirstStep"/>.</value>
    public SamplingEnd End { get; init; } = SamplingEnd.FirstStep;

    /// <summary>
    /// Gets whether the sampler divides by a step's width in lambda = ln(alpha / sigma), so that no two timesteps may be equal.
    /// </summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool SolvesInLambda { get; init; }

    /// <summary>
    /// Gets whether a limit of x_0 (<see cref="SamplingSettings.ClipRange"/>) must change epsilon too, because the sampler uses
    /// only epsilon.
    /// </summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool LimitsEpsilon { get; init; }

    /// <summary>
    /// Gets whether the first state must contain some signal: at zero terminal SNR an epsilon says nothing about x_0.
    /// </summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool NeedsSignal { get; init; }
}
