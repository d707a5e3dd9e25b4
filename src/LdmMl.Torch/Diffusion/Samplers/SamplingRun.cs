using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>A run of a sampler: the network, the plan, the noise, and the history of multi-step methods.</summary>
public sealed class SamplingRun : IDisposable
{
    // The longest history of any method (LMS and PLMS of fourth order use three past steps).
    private const int Memory = 3;

    private readonly IDenoiser denoiser;
    private readonly SamplingOptions options;
    private readonly List<PastStep> past = [];
    private Tensor? preview;

    internal SamplingRun(IDenoiser denoiser, SamplingPlan plan, SamplingOptions options) =>
        (this.denoiser, Plan, Given, this.options) = (denoiser, plan, plan, options);

    /// <summary>Gets the steps.</summary>
    public SamplingPlan Plan { get; }

    /// <summary>Gets the plan that the sampler received, before it arranged its own steps.</summary>
    internal SamplingPlan Given { get; init; }

    /// <summary>Gets what the caller gave in addition to the plan.</summary>
    internal SamplingOptions Options => options;

    /// <summary>Gets the number of steps.</summary>
    public int StepCount => Plan.Steps.Length;

    /// <summary>Gets how many times the network has been called.</summary>
    public int NetworkCalls { get; private set; }

    /// <summary>Gets whether a part of a known image is kept.</summary>
    internal bool Inpaints => options.Inpainting is not null;

    /// <summary>Gets the network's last estimate of the clean latent.</summary>
    internal Tensor Preview => preview ?? throw new InvalidOperationException("No step has been taken yet.");

    /// <summary>Gets how many past steps are remembered.</summary>
    public int PastCount => past.Count;

    /// <summary>Gets a remembered step.</summary>
    /// <param name="stepsAgo">How many remembered steps ago, 1 (the last) to <see cref="PastCount"/>.</param>
    /// <returns>The state from which the step started, and its estimates; both are owned by the run.</returns>
    public (Tensor State, Denoised Denoised) Past(int stepsAgo) => (past[^stepsAgo].State, past[^stepsAgo].Denoised);

    /// <summary>Calls the network. The result lives until the end of the step.</summary>
    /// <param name="state">The state, [B, c, h, w].</param>
    /// <param name="level">Its noise level.</param>
    /// <returns>The estimates of x_0 and epsilon.</returns>
    public Denoised Denoise(Tensor state, NoiseLevel level)
    {
        NetworkCalls++;
        var denoised = denoiser.Denoise(state, level);
        Show(denoised.Start);
        return denoised;
    }

    /// <summary>Calls the network on rows at different noise levels.</summary>
    internal Denoised Denoise(Tensor state, IReadOnlyList<NoiseLevel> levels)
    {
        NetworkCalls++;
        var denoised = denoiser.Denoise(state, levels);
        Show(denoised.Start);
        return denoised;
    }

    /// <summary>Sets the preview to an estimate of the clean latent: the network's last, unless the method has a better one.</summary>
    internal void Show(Tensor start)
    {
        preview?.Dispose();
        preview = Kept(start);
    }

    /// <summary>Draws standard normal noise of the state's shape.</summary>
    /// <param name="state">The state, [B, c, h, w].</param>
    /// <returns>The noise; it lives until the end of the step.</returns>
    public Tensor Draw(Tensor state) => options.Noise.Draw(state);

    /// <summary>Blends the kept part of a known image into the state, at the level of a step.</summary>
    internal Tensor Blend(Tensor state, int index) =>
        options.Inpainting?.Blend(state, Plan.Steps[index].From, options.Noise) ?? state.alias();

    /// <summary>
    /// Pastes the kept part of a known image into the state between the two network calls of a step, where that is the rule; otherwise the state
    /// itself.
    /// </summary>
    internal Tensor BetweenCalls(Tensor state, int index)
    {
        if (options.Pasting is not { } pasting)
            return state;
        PastedBetween = index;
        return pasting.PasteBetween(state, Plan, index);
    }

    /// <summary>Gets the last step in which something was pasted between calls; null for none.</summary>
    internal int? PastedBetween { get; private set; }

    internal Tensor Blend(Tensor state, IReadOnlyList<NoiseLevel> levels) =>
        options.Inpainting?.Blend(state, levels, options.Noise) ?? state.alias();

    /// <summary>Remembers a step for the next ones; the last three are kept.</summary>
    /// <param name="state">The state from which the step starts.</param>
    /// <param name="denoised">Its estimates.</param>
    public void Remember(Tensor state, Denoised denoised)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(denoised);
        past.Add(new PastStep(Kept(state), new Denoised(Kept(denoised.Start), Kept(denoised.Epsilon))));
        if (past.Count <= Memory)
            return;
        past[0].Dispose();
        past.RemoveAt(0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        preview?.Dispose();
        foreach (var step in past)
            step.Dispose();
    }

    private static Tensor Kept(Tensor tensor) => tensor.alias().DetachFromDisposeScope();
}
