using static TorchSharp.torch;

namespace LdmMl.Torch.Losses;

/// <summary>What a discriminator says of reconstructions. Owns its tensors.</summary>
/// <param name="Loss">The generator's loss.</param>
/// <param name="Gradient">Its gradient at the reconstructions, [B, C, H, W].</param>
/// <param name="Logits">The logits [B, 1, h, w] with their history in the discriminator, which ends at the reconstructions.</param>
internal sealed record Judgement(float Loss, Tensor Gradient, Tensor Logits) : IDisposable
{
    public void Dispose()
    {
        Gradient.Dispose();
        Logits.Dispose();
    }
}
