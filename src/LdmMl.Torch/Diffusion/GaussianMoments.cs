using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion;

/// <summary>Mean and variance of a Gaussian over x for each row of a batch. Owns its tensors.</summary>
/// <param name="Mean">The means [B, c, h, w].</param>
/// <param name="Variance">The variances [B, 1, 1, 1].</param>
/// <param name="LogVariance">Their logarithms [B, 1, 1, 1].</param>
internal sealed record GaussianMoments(Tensor Mean, Tensor Variance, Tensor LogVariance) : IDisposable
{
    /// <summary>Disposes the three tensors.</summary>
    public void Dispose()
    {
        Mean.Dispose();
        Variance.Dispose();
        LogVariance.Dispose();
    }
}
