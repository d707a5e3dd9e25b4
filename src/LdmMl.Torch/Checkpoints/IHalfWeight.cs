using static TorchSharp.torch;

namespace LdmMl.Torch.Checkpoints;

/// <summary>A layer that computes in float32 whether its parameter <c>weight</c> is float32 or float16: it widens the latter where it reads it.</summary>
internal interface IHalfWeight
{
    /// <summary>Replaces the weight by one of the same shape, and frees the old one.</summary>
    /// <param name="weight">float32 or float16, contiguous, on the CPU. The layer shares its memory.</param>
    void SetWeight(Tensor weight);
}
