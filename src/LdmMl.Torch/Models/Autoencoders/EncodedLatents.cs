using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>Scaled latents of images, with the deviations of their posteriors. The tensors belong to the scope in which they were created.</summary>
/// <param name="Mean">The latents, or the means of their distributions, [B, c, h, w].</param>
/// <param name="Deviation">Standard deviations [B, c, h, w]; null for an autoencoder without posterior.</param>
internal sealed record EncodedLatents(Tensor Mean, Tensor? Deviation);
