using static TorchSharp.torch;

namespace LdmMl.Torch.Kernels;

/// <summary>The affine map of each channel around its normalisation: y = weight * normalised(x + shift) + bias.</summary>
/// <param name="Shift">Added before, [B, C]; null for nothing.</param>
/// <param name="Weight">Multiplies after, [C] or [B, C].</param>
/// <param name="Bias">Added after, of the same shape as the weight.</param>
internal sealed record ChannelAffine(Tensor? Shift, Tensor Weight, Tensor Bias);
