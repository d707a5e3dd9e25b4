using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>A batch of a diffusion model's training.</summary>
/// <param name="Latents">Scaled latents [B, c, h, w].</param>
/// <param name="Labels">Labels [B], int64, the null label among them; null for a model without labels.</param>
/// <param name="Tokens">Tokens of captions [B, T], int64, including those of the empty text; null for a model without captions.</param>
internal sealed record LatentBatch(Tensor Latents, Tensor? Labels = null, Tensor? Tokens = null);
