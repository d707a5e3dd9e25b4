using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion;

/// <summary>Where a sampler is. The tensors are valid only until the callback returns.</summary>
/// <param name="Step">How many steps are done, 1 to <paramref name="Steps"/>.</param>
/// <param name="Steps">How many there are.</param>
/// <param name="State">The state after the step, [B, c, h, w].</param>
/// <param name="Start">What the network took the clean latent to be: a preview, [B, c, h, w].</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SamplingProgress(int Step, int Steps, Tensor State, Tensor Start);
