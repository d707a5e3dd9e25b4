using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>One sampling in progress: the network, the plan, the noise, and what multi-step methods remember.</summary>
internal sealed class SamplingRun(IDenoiser denoiser, SamplingPlan plan, SamplingOptions options) : IDisposable
{
    // The longest memory of any method here (LMS and PLMS of fourth order look at three past steps).
    private const int Memory = 3;

    private readonly List<PastStep> past = [];
    private Tensor? preview;

    public SamplingPlan Plan => plan;

    public int StepCount => plan.Steps.Length;

    /// <summary>Gets a value indicating whether a part of a known image is kept.</summary>
    public bool Inpaints => options.Inpainting is not null;

    /// <summary>Gets the network's last estimate of the clean latent.</summary>
    public Tensor Preview => preview ?? throw new InvalidOperationException("No step was taken yet.");

    /// <summary>Gets how many past steps are remembered.</summary>
    public int PastCount => past.Count;

    /// <summary>Gets what was remembered some remembered steps ago; 1 is the last.</summary>
    public PastStep Past(int stepsAgo) => past[^stepsAgo];

    /// <summary>Asks the network. What it gives lives until the end of the step.</summary>
    public Denoised Denoise(Tensor state, NoiseLevel level)
    {
        var denoised = denoiser.Denoise(state, level);
        Show(denoised.Start);
        return denoised;
    }

    /// <summary>Makes an estimate of the clean latent the preview: the network's last, unless the method has a better one.</summary>
    public void Show(Tensor start)
    {
        preview?.Dispose();
        preview = Kept(start);
    }

    /// <summary>Draws noise of the state's shape.</summary>
    public Tensor Draw(Tensor state) => options.Noise.Draw(state);

    /// <summary>Puts what is kept of a known image into the state, at the level of a step.</summary>
    public Tensor Blend(Tensor state, int index) =>
        options.Inpainting?.Blend(state, plan.Steps[index].From, options.Noise) ?? state.alias();

    /// <summary>Remembers a step for those that follow.</summary>
    public void Remember(Tensor state, Denoised denoised)
    {
        past.Add(new PastStep(Kept(state), new Denoised(Kept(denoised.Start), Kept(denoised.Epsilon))));
        if (past.Count <= Memory)
            return;
        past[0].Dispose();
        past.RemoveAt(0);
    }

    public void Dispose()
    {
        preview?.Dispose();
        foreach (var step in past)
            step.Dispose();
    }

    private static Tensor Kept(Tensor tensor) => tensor.alias().DetachFromDisposeScope();
}
