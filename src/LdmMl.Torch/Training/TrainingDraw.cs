using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>The random numbers of a batch of images.</summary>
/// <param name="Noise">The noise of its posteriors, [B, c, h, w]; owned.</param>
/// <param name="Change">What happens to its latents or images; null for nothing.</param>
internal sealed record TrainingDraw(Tensor Noise, EquivariantChange? Change) : IDisposable
{
    public void Dispose() => Noise.Dispose();
}
