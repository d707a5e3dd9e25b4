using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>A state and what the network said about it. Owns both.</summary>
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
