using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion;

/// <summary>Classifier-free guidance (Ho and Salimans 2022, eq. 6): the prediction is pushed away from the one without a condition.</summary>
public static class Guidance
{
    /// <summary>Wraps a conditional network with guidance: both branches run in one batched call.</summary>
    /// <param name="network">Predicts from a state, times and conditions, all with the same first dimension.</param>
    /// <param name="unconditional">The unconditional (null) conditions, [B, ...].</param>
    /// <param name="conditional">The wanted conditions, [B, ...].</param>
    /// <param name="scale">1 means no guidance; larger values follow the condition more closely, with less variety.</param>
    /// <param name="rescale">
    /// How far the prediction's standard deviation is rescaled to that of the conditional one (Lin et al. 2024, section 3.4), 0 to 1. A row whose
    /// guided prediction is constant is left unchanged; diffusers divides by 0 there.
    /// </param>
    /// <returns>A network for <see cref="NetworkDenoiser"/>.</returns>
    public static Func<Tensor, Tensor, Tensor> Combine(
        Func<Tensor, Tensor, Tensor, Tensor> network, Tensor unconditional, Tensor conditional, double scale, double rescale = 0) =>
        Combine(network, unconditional, conditional, scale, rescale, seen: null);

    /// <summary>As above; <paramref name="seen"/> receives each unconditional prediction.</summary>
    internal static Func<Tensor, Tensor, Tensor> Combine(
        Func<Tensor, Tensor, Tensor, Tensor> network, Tensor unconditional, Tensor conditional, double scale, double rescale, Action<Tensor>? seen)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(unconditional);
        ArgumentNullException.ThrowIfNull(conditional);
        if (rescale is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(rescale), rescale, "The rescale of guidance must be in [0, 1].");

        return (state, times) =>
        {
            using var scope = NewDisposeScope();
            var both = network(cat([state, state]), cat([times, times]), cat([unconditional, conditional])).chunk(2);   // 2 x [B, c, h, w]
            seen?.Invoke(both[0]);
            var guided = both[0].Plus((both[1] - both[0]) * Real(scale));
            return scope.MoveToOuter(rescale == 0 ? guided : Rescale(guided, both[1], rescale));
        };
    }

    // Row by row, so that rows are independent. A constant prediction has no deviation to rescale.
    private static Tensor Rescale(Tensor guided, Tensor conditional, double share)
    {
        var own = guided.flatten(1).std(1);                                      // [B]
        var spread = where(own > Real(0), conditional.flatten(1).std(1) / own, ones_like(own));
        var factor = (spread * Real(share)) + Real(1 - share);
        return guided * factor.reshape(-1, 1, 1, 1);
    }
}
