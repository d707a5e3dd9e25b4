using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion;

/// <summary>What a denoiser takes a state x = alpha x_0 + sigma epsilon to be made of. Owns its tensors.</summary>
/// <param name="Start">The estimate of the clean x_0, [B, c, h, w].</param>
/// <param name="Epsilon">The estimate of the noise, [B, c, h, w].</param>
public sealed record Denoised(Tensor Start, Tensor Epsilon) : IDisposable
{
    /// <summary>Makes both estimates of the one of x_0.</summary>
    /// <param name="state">x.</param>
    /// <param name="level">alpha and sigma, sigma above 0.</param>
    /// <param name="start">x_0: owned by what is returned.</param>
    /// <returns>The estimates.</returns>
    public static Denoised FromStart(Tensor state, NoiseLevel level, Tensor start)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(start);
        using var scope = NewDisposeScope();
        return new Denoised(start, scope.MoveToOuter((state - (start * Real(level.Alpha))) / Real(level.Sigma)));
    }

    /// <summary>Makes both estimates of the one of epsilon.</summary>
    /// <param name="state">x.</param>
    /// <param name="level">alpha and sigma, alpha above 0.</param>
    /// <param name="epsilon">epsilon: owned by what is returned.</param>
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
