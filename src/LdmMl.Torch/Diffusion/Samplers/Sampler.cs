using LdmMl.Torch.Diffusion.Storage;
using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>
/// The base of samplers that take one step at a time: it iterates over the plan, keeps a known image in place, reports progress, and supports
/// cancellation.
/// </summary>
/// <remarks>Every row is computed independently of the others in the batch.</remarks>
/// <example>
/// A custom sampler with its own option: DDIM in which each step's change is damped.
/// <code>
/// public sealed record DampedSampler : Sampler
/// {
///     public double Damping { get; init; } = 0.1;
///
///     public override SamplerNeeds Needs =&gt; SamplerNeeds.Timesteps;
///
///     protected override Tensor TakeStep(SamplingRun run, Tensor state, int index)
///     {
///         var (from, to) = run.Plan.Steps[index];
///         var denoised = run.Denoise(state, from);
///         var next = denoised.Start.mul(to.Alpha).add(denoised.Epsilon.mul(to.Sigma));
///         return next.mul(1 - Damping).add(state.mul(Damping));
///     }
/// }
/// </code>
/// <code>
/// var settings = new GenerationSettings { Sampling = new SamplingSettings { Sampler = new DampedSampler { Damping = 0.02 }, Steps = 20 } };
/// </code>
/// </example>
public abstract record Sampler : ISampler
{
    /// <inheritdoc/>
    public abstract SamplerNeeds Needs { get; }

    /// <inheritdoc/>
    public virtual void Validate()
    {
    }

    /// <inheritdoc/>
    public Tensor Sample(IDenoiser denoiser, Tensor state, SamplingPlan plan, SamplingOptions options)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(options);
        Validate();
        using var scope = NewDisposeScope();
        using var run = new SamplingRun(denoiser, Arrange(plan), options) { Given = plan };
        var current = state.alias();
        for (var index = 0; index < run.StepCount; index++)
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            var next = Pasted(run, Advance(run, current, index), index);
            current.Dispose();
            current = next;
            options.Progress?.Report(new SamplingProgress(index + 1, run.StepCount, current, run.Preview)
            {
                NetworkCalls = run.NetworkCalls,
            });
        }

        return scope.MoveToOuter(current);
    }

    /// <summary>Describes the sampler: its name, and the options that are not at their defaults.</summary>
    /// <returns>For example <c>Ddim, Eta 0.5</c>.</returns>
    public sealed override string ToString() => SamplerText.Describe(this);

    /// <summary>Computes the next state. Tensors created in it and not returned are freed afterwards.</summary>
    /// <param name="run">The network, the noise, the plan, and the remembered steps.</param>
    /// <param name="state">The state, [B, c, h, w], at the level from which the step starts.</param>
    /// <param name="index">Which step of the plan this is, from 0.</param>
    /// <returns>The state after the step.</returns>
    protected abstract Tensor TakeStep(SamplingRun run, Tensor state, int index);

    private static Tensor Pasted(SamplingRun run, Tensor made, int index)
    {
        run.Options.Made?.Invoke(made);
        if (run.Options.Pasting is not { } pasting)
            return made;
        using (made)
            return pasting.Paste(made, run.Plan, index, hasTwoCalls: run.PastedBetween == index);
    }

    /// <summary>Spreads a plan's network calls over the sampler's own steps; most samplers use the plan's steps.</summary>
    private protected virtual SamplingPlan Arrange(SamplingPlan plan) => plan;

    /// <summary>Takes a step and blends the kept part of a known image into the state; most samplers do that before they call the network.</summary>
    private protected virtual Tensor Advance(SamplingRun run, Tensor state, int index)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(TakeStep(run, run.Blend(state, index), index));
    }
}
