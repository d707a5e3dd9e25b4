using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>
/// Turns noise into a clean latent, step by step. Samplers are immutable: one may serve several threads at once.
/// Every row is computed by itself, so it does not matter which others are in the batch.
/// </summary>
public abstract record Sampler
{
    private protected Sampler()
    {
    }

    /// <summary>Takes all steps of a plan.</summary>
    /// <param name="denoiser">The network.</param>
    /// <param name="state">The first state, [B, c, h, w], at the level of the plan's first step. Stays with the caller.</param>
    /// <param name="plan">The steps.</param>
    /// <param name="options">Noise, mask, progress, cancellation.</param>
    /// <returns>The state after the last step, [B, c, h, w]. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">An option of the sampler is outside its range.</exception>
    /// <exception cref="OperationCanceledException">The cancellation token asked to stop.</exception>
    public Tensor Sample(IDenoiser denoiser, Tensor state, SamplingPlan plan, SamplingOptions options)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(options);
        Validate();
        using var scope = NewDisposeScope();
        using var run = new SamplingRun(denoiser, plan, options);
        var current = state.alias();
        for (var index = 0; index < plan.Steps.Length; index++)
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            var next = Advance(run, current, index);
            current.Dispose();
            current = next;
            options.OnStep?.Invoke(new SamplingProgress(index + 1, plan.Steps.Length, current, run.Preview));
        }

        return scope.MoveToOuter(current);
    }

    /// <summary>Computes the next state, inside a dispose scope of its own.</summary>
    internal abstract Tensor Step(SamplingRun run, Tensor state, int index);

    /// <summary>Throws when an option is outside its range.</summary>
    internal virtual void Validate()
    {
    }

    /// <summary>Brings the next state in or out of what is kept of a known image; most samplers blend before they look.</summary>
    internal virtual Tensor Advance(SamplingRun run, Tensor state, int index)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(Step(run, run.Blend(state, index), index));
    }
}
