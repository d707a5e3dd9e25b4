using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion;

/// <summary>The progress of a sampler. The tensors live until <see cref="IProgress{T}.Report"/> returns.</summary>
/// <param name="Step">The number of steps taken, 1 to <paramref name="Steps"/>.</param>
/// <param name="Steps">The total number of steps.</param>
/// <param name="State">The state after the step, [B, c, h, w].</param>
/// <param name="Start">The network's estimate of the clean latent: a preview, [B, c, h, w].</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SamplingProgress(int Step, int Steps, Tensor State, Tensor Start)
{
    /// <summary>Gets how many times the network was called so far; 0 if the sampler does not count.</summary>
    public int NetworkCalls { get; init; }
}
