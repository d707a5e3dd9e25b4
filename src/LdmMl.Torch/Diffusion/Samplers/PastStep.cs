using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>A state and what the network said about it. Owns both.</summary>
internal sealed record PastStep(Tensor State, Denoised Denoised) : IDisposable
{
    public void Dispose()
    {
        State.Dispose();
        Denoised.Dispose();
    }
}
