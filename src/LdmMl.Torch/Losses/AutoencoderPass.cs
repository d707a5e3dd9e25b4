using LdmMl.Torch.Models.Autoencoders;
using static TorchSharp.torch;

namespace LdmMl.Torch.Losses;

/// <summary>One pass of a batch through an autoencoder in training. Owns the reconstructions and the latents' distribution or codes.</summary>
/// <param name="Images">The images, [B, C, H, W]; still owned by the caller.</param>
/// <param name="Reconstructions">The reconstructions, [B, C, H, W], not clamped, with gradients.</param>
public sealed record AutoencoderPass(Tensor Images, Tensor Reconstructions) : IDisposable
{
    /// <summary>Gets the posteriors of a KL autoencoder.</summary>
    internal DiagonalGaussian? Posterior { get; init; }

    /// <summary>Gets the codes of a VQ autoencoder.</summary>
    internal VqCodes? Codes { get; init; }

    /// <summary>
    /// Gets the weight of each image in the image terms, [B] (CompVis <c>weights</c>); null for equal weights. The caller still owns it.
    /// </summary>
    public Tensor? ImageWeights { get; init; }

    /// <summary>Gets <see cref="Images"/> if they were shrunk or turned for this pass, which then owns them.</summary>
    internal Tensor? ChangedImages { get; init; }

    /// <summary>Gets the number of values of an image.</summary>
    internal long ValuesOfImage => Images.numel() / Images.shape[0];

    /// <inheritdoc/>
    public void Dispose()
    {
        Reconstructions.Dispose();
        ChangedImages?.Dispose();
        Posterior?.Dispose();
        Codes?.Dispose();
    }
}
