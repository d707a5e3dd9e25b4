using LdmMl.Torch.Diffusion;
using static TorchSharp.torch;

namespace LdmMl.Testing;

/// <summary>A custom sampler that only implements the interface: DDIM as a loop.</summary>
public sealed record PlainSampler : ISampler
{
    /// <inheritdoc/>
    public SamplerNeeds Needs => SamplerNeeds.Timesteps;

    /// <inheritdoc/>
    public Tensor Sample(IDenoiser denoiser, Tensor state, SamplingPlan plan, SamplingOptions options)
    {
        using var scope = NewDisposeScope();
        var current = state.alias();
        for (var index = 0; index < plan.Steps.Length; index++)
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            var (from, to) = plan.Steps[index];
            if (options.Inpainting is { } inpainting)
                current = inpainting.Blend(current, from, options.Noise);
            var denoised = denoiser.Denoise(current, from);
            current = (denoised.Start * Real(to.Alpha)).Plus(denoised.Epsilon * Real(to.Sigma));
            options.Progress?.Report(new SamplingProgress(index + 1, plan.Steps.Length, current, denoised.Start));
        }

        return scope.MoveToOuter(current);
    }
}
