namespace LdmMl.Torch.Diffusion;

/// <summary>What a sampler is given beside denoiser, first state and plan.</summary>
public sealed record SamplingOptions
{
    /// <summary>Gets where noise comes from.</summary>
    public required INoiseSource Noise { get; init; }

    /// <summary>Gets what is kept of a known image.</summary>
    /// <value>Default: null, everything is new.</value>
    public Inpainting? Inpainting { get; init; }

    /// <summary>Gets what is told after every step.</summary>
    /// <value>Default: null.</value>
    public Action<SamplingProgress>? OnStep { get; init; }

    /// <summary>Gets what stops sampling before the next step.</summary>
    public CancellationToken CancellationToken { get; init; }
}
