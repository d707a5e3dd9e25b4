using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion;

/// <summary>
/// Pastes the kept part of a known image after each step, always with the same noise, as diffusers' inpainting pipelines do. Owns nothing. To their
/// loop each network call is a step: where a step has two, the part is pasted between them too, at the level at which the step ends.
/// </summary>
/// <param name="Original">The known latents, [B, c, h, w].</param>
/// <param name="Mask">1 where the original is kept, [B, 1, h, w].</param>
/// <param name="Noise">The noise of the kept part: the noise of the first state, or the network's prediction, [B, c, h, w].</param>
/// <param name="Level">How much noise is added.</param>
internal sealed record Pasting(Tensor Original, Tensor Mask, Func<Tensor> Noise, PastedLevel Level)
{
    /// <summary>Pastes into the state after a step. The caller disposes the result.</summary>
    /// <param name="state">The state, [B, c, h, w].</param>
    /// <param name="plan">The steps.</param>
    /// <param name="index">Which step it was.</param>
    /// <param name="hasTwoCalls">Whether it had two network calls, with a pasted state between them.</param>
    public Tensor Paste(Tensor state, SamplingPlan plan, int index, bool hasTwoCalls = false)
    {
        using var scope = NewDisposeScope();
        var isLast = index == plan.Steps.Length - 1;
        if (Level == PastedLevel.Next)
            return scope.MoveToOuter(Mix(isLast ? Original : Noised(EndOf(plan, index)), state));
        var mixed = Mix(Noised(hasTwoCalls ? EndOf(plan, index) : plan.Steps[index].From), state);
        return scope.MoveToOuter(isLast ? Mix(Original, mixed) : mixed);
    }

    /// <summary>Pastes into the state between the two network calls of a step. The tensor belongs to the enclosing scope.</summary>
    public Tensor PasteBetween(Tensor state, SamplingPlan plan, int index) =>
        Mix(Noised(Level == PastedLevel.Next ? EndOf(plan, index) : plan.Steps[index].From), state);

    private static NoiseLevel EndOf(SamplingPlan plan, int index) =>
        index + 1 < plan.Steps.Length ? plan.Steps[index + 1].From : plan.Steps[index].To;

    private Tensor Noised(NoiseLevel level) => (Original * Real(level.Alpha)).Plus(Noise() * Real(level.Sigma));

    private Tensor Mix(Tensor known, Tensor state) => (known * Mask).Plus(state * (Real(1) - Mask));
}
