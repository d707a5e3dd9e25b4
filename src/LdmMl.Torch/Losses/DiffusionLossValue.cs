using static TorchSharp.torch;

namespace LdmMl.Torch.Losses;

/// <summary>A diffusion network's loss in one step. Owns <see cref="Total"/>.</summary>
/// <param name="Total">The loss to minimise: a scalar with gradients.</param>
/// <param name="Simple">The mean error (CompVis <c>loss_simple</c>).</param>
/// <param name="Scaled">The mean error over the variance, plus log variance (CompVis <c>loss_gamma</c>).</param>
/// <param name="Variational">The mean of the errors weighted by the variational bound (CompVis <c>loss_vlb</c>).</param>
internal sealed record DiffusionLossValue(Tensor Total, double Simple, double Scaled, double Variational) : IDisposable
{
    public void Dispose() => Total.Dispose();
}
