using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Text;

/// <summary>The output of a text encoder. Owns its tensors.</summary>
/// <param name="Context">The context tokens of each text, [B, tokens, width], float32, on the CPU.</param>
/// <param name="Pooled">The pooled vector of each text, [B, width], float32; null if the encoder has none.</param>
public sealed record TextEncoding(Tensor Context, Tensor? Pooled = null) : IDisposable
{
    /// <summary>Frees the tensors.</summary>
    public void Dispose()
    {
        Context.Dispose();
        Pooled?.Dispose();
    }
}
