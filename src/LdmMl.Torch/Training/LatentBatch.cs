using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>What a diffusion model learns at once.</summary>
/// <param name="Latents">Scaled latents [B, c, h, w].</param>
/// <param name="Labels">Labels [B], int64, that for "any" among them; null for a model without.</param>
internal sealed record LatentBatch(Tensor Latents, Tensor? Labels);
