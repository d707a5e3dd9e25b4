using LdmMl.Torch.Diffusion;
using static TorchSharp.torch;

namespace LdmMl.Torch.Generation;

/// <summary>How a run begins.</summary>
/// <param name="State">The first state, [B, c, h, w].</param>
/// <param name="Inpainting">What is restored before each step; null for nothing.</param>
/// <param name="Pasting">What is pasted after each step; null for nothing.</param>
internal sealed record InitialState(Tensor State, Inpainting? Inpainting = null, Pasting? Pasting = null);
