namespace LdmMl.Torch.Diffusion;

/// <summary>What a sampler is given beside denoiser, first state and plan.</summary>
public sealed record SamplingOptions
{
    /// <summary>Gets where noise comes from.</summary>
    public required INoiseSource Noise { get; init; }

    /// <summary>Gets what is kept of a known image.</summary>
    /// <value>Default: null, everything is new.</value>
    public Inpainting? Inpainting { get; init; }

    /// <summary>
    /// Gets what receives a report after every step. The tensors of a report live until <see cref="IProgress{T}.Report"/> returns:
    /// <see cref="Progress{T}"/>, which runs its handler later, may read numbers from a report but no tensors; <see cref="StepProgress"/> runs it
    /// at once.
    /// </summary>
    /// <value>Default: null.</value>
    public IProgress<SamplingProgress>? Progress { get; init; }

    /// <summary>Gets what stops sampling before the next step.</summary>
    public CancellationToken CancellationToken { get; init; }
}
