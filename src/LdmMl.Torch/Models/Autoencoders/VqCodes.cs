using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>The result of quantisation. Owns its tensors.</summary>
/// <param name="Latents">Quantised latents [B, c, h, w]; gradients pass straight through to the unquantised ones.</param>
/// <param name="Indices">The entries' indices, int64: [B, h, w] with spatial indices, else [B*h*w], or [B*h*w, 1] for a remapped codebook.</param>
/// <param name="Loss">Codebook and commitment loss, a scalar.</param>
public sealed record VqCodes(Tensor Latents, Tensor Indices, Tensor Loss) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Latents.Dispose();
        Indices.Dispose();
        Loss.Dispose();
    }
}
