using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>A discriminator's output for reconstructions. Owns its tensors.</summary>
/// <param name="Loss">The generator's loss (<c>g_loss</c>).</param>
/// <param name="Gradient">Its gradient at the reconstructions, [B, C, H, W].</param>
/// <param name="Logits">The logits [B, 1, h, w] with their history in the discriminator, which ends at the reconstructions.</param>
internal sealed record DiscriminatorOutput(float Loss, Tensor Gradient, Tensor Logits) : IDisposable
{
    public void Dispose()
    {
        Gradient.Dispose();
        Logits.Dispose();
    }
}
