using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion;

/// <summary>A denoiser's estimates of x_0 and epsilon for a state x = alpha x_0 + sigma epsilon. Owns its tensors.</summary>
/// <param name="Start">The estimate of the clean x_0, [B, c, h, w].</param>
/// <param name="Epsilon">The estimate of the noise, [B, c, h, w].</param>
public sealed record Denoised(Tensor Start, Tensor Epsilon) : IDisposable
{
    /// <summary>Computes both estimates from that of x_0.</summary>
    /// <param name="state">x.</param>
    /// <param name="level">alpha and sigma, sigma above 0.</param>
    /// <param name="start">x_0; the result takes ownership.</param>
    /// <returns>The estimates.</returns>
    public static Denoised FromStart(Tensor state, NoiseLevel level, Tensor start)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(start);
        using var scope = NewDisposeScope();
        return new Denoised(start, scope.MoveToOuter((state - (start * Real(level.Alpha))) / Real(level.Sigma)));
    }

    /// <summary>Computes both estimates from that of epsilon.</summary>
    /// <param name="state">x.</param>
    /// <param name="level">alpha and sigma, alpha above 0.</param>
    /// <param name="epsilon">epsilon; the result takes ownership.</param>
    /// <returns>The estimates.</returns>
    public static Denoised FromEpsilon(Tensor state, NoiseLevel level, Tensor epsilon)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(epsilon);
        using var scope = NewDisposeScope();
        return new Denoised(scope.MoveToOuter((state - (epsilon * Real(level.Sigma))) / Real(level.Alpha)), epsilon);
    }

    /// <summary>Disposes both tensors.</summary>
    public void Dispose()
    {
        Start.Dispose();
        Epsilon.Dispose();
    }
}
