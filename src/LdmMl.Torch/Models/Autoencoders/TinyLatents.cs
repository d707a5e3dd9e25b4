using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>The tiny autoencoders' map between latents and [0, 1], with which latents can be stored as 8-bit images.</summary>
internal static class TinyLatents
{
    /// <summary>The largest magnitude that the decoder distinguishes.</summary>
    internal const double Magnitude = 3.0;
    private const double Shift = 0.5;

    /// <summary>Maps latents from [-3, 3] to [0, 1]; values outside are clamped.</summary>
    /// <param name="latents">Latents [B, c, h, w].</param>
    /// <returns>Values [B, c, h, w] in [0, 1]. The caller disposes them.</returns>
    public static Tensor ToUnitRange(Tensor latents)
    {
        ArgumentNullException.ThrowIfNull(latents);
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(((latents / Real(2 * Magnitude)) + Real(Shift)).clamp_(Real(0), Real(1)));
    }

    /// <summary>Maps [0, 1] back to latents in [-3, 3].</summary>
    /// <param name="values">Values [B, c, h, w] in [0, 1].</param>
    /// <returns>Latents [B, c, h, w]. The caller disposes them.</returns>
    public static Tensor FromUnitRange(Tensor values)
    {
        ArgumentNullException.ThrowIfNull(values);
        using var scope = NewDisposeScope();
        return scope.MoveToOuter((values - Real(Shift)) * Real(2 * Magnitude));
    }
}
