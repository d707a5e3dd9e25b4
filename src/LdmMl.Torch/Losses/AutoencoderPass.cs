using LdmMl.Torch.Models.Autoencoders;
using static TorchSharp.torch;

namespace LdmMl.Torch.Losses;

/// <summary>Everything that one pass through an autoencoder gives its loss. Owns what came out.</summary>
/// <param name="Images">What went in, [B, C, H, W].</param>
/// <param name="Reconstructions">What came out, [B, C, H, W], not clamped, with gradients.</param>
internal sealed record AutoencoderPass(Tensor Images, Tensor Reconstructions) : IDisposable
{
    /// <summary>Gets the posteriors of a KL autoencoder.</summary>
    public DiagonalGaussian? Posterior { get; init; }

    /// <summary>Gets the codes of a VQ autoencoder.</summary>
    public VqCodes? Codes { get; init; }

    /// <summary>
    /// Gets how much each image counts in the image terms, [B] (CompVis <c>weights</c>); null for all alike. It stays with the caller.
    /// </summary>
    public Tensor? ImageWeights { get; init; }

    /// <summary>Gets how many values an image has.</summary>
    public long ValuesOfImage => Images.numel() / Images.shape[0];

    public void Dispose()
    {
        Reconstructions.Dispose();
        Posterior?.Dispose();
        Codes?.Dispose();
    }
}
