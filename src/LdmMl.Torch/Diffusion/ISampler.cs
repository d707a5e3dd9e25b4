using LdmMl.Torch.Arguments;
using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion;

/// <summary>
/// Turns noise into a clean latent, step by step: a record with its own options. Implement it, or derive from
/// <see cref="Samplers.Sampler"/> if it takes one step at a time, and it runs wherever this library's samplers do:
/// <see cref="SamplingSettings.Sampler"/> takes it.
/// </summary>
/// <remarks>
/// A sampler is immutable: one may serve several threads at once. It must compute every row by itself and draw noise only from
/// <see cref="SamplingOptions.Noise"/>, so that a row does not depend on the batch it is in.
/// </remarks>
/// <example>
/// A sampler built on another: it samples, adds noise up to the level of a later step, and samples again from there.
/// <code>
/// public sealed record TwiceSampler : ISampler
/// {
///     public int Restart { get; init; } = 10;
///
///     public SamplerNeeds Needs =&gt; new DdimSampler().Needs;
///
///     public Tensor Sample(IDenoiser denoiser, Tensor state, SamplingPlan plan, SamplingOptions options)
///     {
///         using var first = new DdimSampler().Sample(denoiser, state, plan, options);
///         var rest = plan.From(Math.Min(Restart, plan.Steps.Length - 1));
///         using var noise = options.Noise.Draw(first);
///         using var again = rest.FirstState(noise, first);
///         return new DdimSampler().Sample(denoiser, again, rest, options);
///     }
/// }
/// </code>
/// </example>
public interface ISampler
{
    /// <summary>Gets what the sampler needs of a plan and of a network.</summary>
    SamplerNeeds Needs { get; }

    /// <summary>Checks the options.</summary>
    /// <exception cref="OptionException">An option is outside its range.</exception>
    void Validate()
    {
    }

    /// <summary>Takes all steps of a plan.</summary>
    /// <param name="denoiser">The network.</param>
    /// <param name="state">The first state, [B, c, h, w], at the level of the plan's first step; still owned by the caller.</param>
    /// <param name="plan">The steps.</param>
    /// <param name="options">Noise, mask, progress, cancellation.</param>
    /// <returns>The state after the last step, [B, c, h, w]. The caller disposes it.</returns>
    /// <exception cref="OptionException">An option of the sampler is outside its range.</exception>
    /// <exception cref="OperationCanceledException">The cancellation token asked to stop.</exception>
    Tensor Sample(IDenoiser denoiser, Tensor state, SamplingPlan plan, SamplingOptions options);
}
