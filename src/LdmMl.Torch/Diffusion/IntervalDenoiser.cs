using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion;

/// <summary>Applies guidance only within an interval of noise levels.</summary>
/// <param name="interval">The levels.</param>
/// <param name="guided">The network with guidance.</param>
/// <param name="plain">The network with the condition only.</param>
internal sealed class IntervalDenoiser(GuidanceInterval interval, IDenoiser guided, IDenoiser plain) : IDenoiser
{
    /// <inheritdoc/>
    public Denoised Denoise(Tensor state, NoiseLevel level) => (interval.Contains(level) ? guided : plain).Denoise(state, level);

    /// <inheritdoc/>
    public Denoised Denoise(Tensor state, IReadOnlyList<NoiseLevel> levels)
    {
        ArgumentNullException.ThrowIfNull(levels);
        var inside = levels.Count(interval.Contains);
        if (inside == levels.Count || inside == 0)
            return (inside > 0 ? guided : plain).Denoise(state, levels);
        using var scope = NewDisposeScope();
        var (one, other) = (guided.Denoise(state, levels), plain.Denoise(state, levels));
        var chosen = tensor(levels.Select(interval.Contains).ToArray(), device: state.device).reshape(-1, 1, 1, 1);   // [B, 1, 1, 1]
        return new Denoised(
            scope.MoveToOuter(where(chosen, one.Start, other.Start)), scope.MoveToOuter(where(chosen, one.Epsilon, other.Epsilon)));
    }
}
