using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion;

/// <summary>Keeps a part of a known image while the rest is sampled (Lugmayr et al. 2022, section 4.1). Owns nothing.</summary>
/// <param name="Original">The known latents, [B, c, h, w].</param>
/// <param name="Mask">1 where the original is kept, 0 where new content is generated, [B, 1 or c, h, w].</param>
public sealed record Inpainting(Tensor Original, Tensor Mask)
{
    /// <summary>Replaces a state by the original, noised to a level, where the mask is 1.</summary>
    /// <param name="state">The state, [B, c, h, w].</param>
    /// <param name="level">Its noise level.</param>
    /// <param name="noises">The source of the noise; one draw is taken.</param>
    /// <returns>The state with the kept part at that level. The caller disposes it.</returns>
    public Tensor Blend(Tensor state, NoiseLevel level, INoiseSource noises)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(noises);
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(Blend(state, (Original * Real(level.Alpha)).Plus(noises.Draw(state) * Real(level.Sigma))));
    }

    /// <summary>As above, for rows at different levels.</summary>
    internal Tensor Blend(Tensor state, IReadOnlyList<NoiseLevel> levels, INoiseSource noises)
    {
        using var scope = NewDisposeScope();
        var (alpha, sigma) = (RowColumn.Of(state, levels.Select(level => level.Alpha)), RowColumn.Of(state, levels.Select(level => level.Sigma)));
        return scope.MoveToOuter(Blend(state, (Original * alpha).Plus(noises.Draw(state) * sigma)));
    }

    private Tensor Blend(Tensor state, Tensor known)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter((known * Mask).Plus(state * (Real(1) - Mask)));
    }
}
