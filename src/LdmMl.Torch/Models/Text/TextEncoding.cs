using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Text;

/// <summary>What a text encoder makes of texts. Owns its tensors.</summary>
/// <param name="Context">The tokens of each text, [B, tokens, width], float32, on the CPU.</param>
/// <param name="Pooled">One vector for each text, [B, numbers], float32; null where the encoder gives none.</param>
public sealed record TextEncoding(Tensor Context, Tensor? Pooled = null) : IDisposable
{
    /// <summary>Frees the tensors.</summary>
    public void Dispose()
    {
        Context.Dispose();
        Pooled?.Dispose();
    }
}
