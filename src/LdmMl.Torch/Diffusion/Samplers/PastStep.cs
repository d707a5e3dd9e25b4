using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>A past state and its estimates. Owns both.</summary>
/// <param name="State">The state, [B, c, h, w].</param>
/// <param name="Denoised">The estimates of x_0 and epsilon.</param>
internal sealed record PastStep(Tensor State, Denoised Denoised) : IDisposable
{
    /// <summary>Disposes both.</summary>
    public void Dispose()
    {
        State.Dispose();
        Denoised.Dispose();
    }
}
