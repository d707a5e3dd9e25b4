using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion;

/// <summary>The inputs of a sampler in addition to denoiser, first state and plan.</summary>
public sealed record SamplingOptions
{
    /// <summary>Gets the source of noise.</summary>
    public required INoiseSource Noise { get; init; }

    /// <summary>Gets the part of a known image to keep.</summary>
    /// <value>Default: null, nothing is kept.</value>
    public Inpainting? Inpainting { get; init; }

    /// <summary>Gets what is pasted after each step, instead of <see cref="Inpainting"/>.</summary>
    internal Pasting? Pasting { get; init; }

    /// <summary>Gets who receives the state after a step, before anything is pasted.</summary>
    internal Action<Tensor>? Made { get; init; }

    /// <summary>
    /// Gets the receiver of a report after every step. The tensors of a report live until <see cref="IProgress{T}.Report"/> returns:
    /// <see cref="Progress{T}"/>, which runs its handler later, may read numbers from a report but no tensors; <see cref="StepProgress"/> runs it
    /// at once.
    /// </summary>
    /// <value>Default: null.</value>
    public IProgress<SamplingProgress>? Progress { get; init; }

    /// <summary>Gets the token that stops sampling before the next step.</summary>
    public CancellationToken CancellationToken { get; init; }
}
