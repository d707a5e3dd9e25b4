using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion;

/// <summary>
/// Pastes the kept part of a known image after each step, always with the same noise, as diffusers' inpainting pipelines do. Owns nothing.
/// </summary>
/// <param name="Original">The known latents, [B, c, h, w].</param>
/// <param name="Mask">1 where the original is kept, [B, 1, h, w].</param>
/// <param name="Noise">The noise of the kept part: the noise of the first state, or the network's prediction, [B, c, h, w].</param>
/// <param name="Level">How much noise is added.</param>
internal sealed record Pasting(Tensor Original, Tensor Mask, Func<Tensor> Noise, PastedLevel Level)
{
    /// <summary>Pastes into the state after a step. The caller disposes the result.</summary>
    public Tensor Paste(Tensor state, SamplingPlan plan, int index)
    {
        using var scope = NewDisposeScope();
        var isLast = index == plan.Steps.Length - 1;
        if (Level == PastedLevel.Next)
            return scope.MoveToOuter(Mix(isLast ? Original : Noised(plan.Steps[index + 1].From), state));
        var mixed = Mix(Noised(plan.Steps[index].From), state);
        return scope.MoveToOuter(isLast ? Mix(Original, mixed) : mixed);
    }

    private Tensor Noised(NoiseLevel level) => (Original * Real(level.Alpha)).Plus(Noise() * Real(level.Sigma));

    private Tensor Mix(Tensor known, Tensor state) => (known * Mask).Plus(state * (Real(1) - Mask));
}
