using System.Security.Cryptography;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Sharing;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training.Streaming;

/// <summary>
/// Encodes images with direct convolutions, so that a training started in one convolution mode resumes in any other with the same bits.
/// </summary>
internal static class LatentEncoder
{
    /// <summary>The number of images that are encoded at once.</summary>
    public const int BatchSize = 16;

    /// <summary>Encodes all images.</summary>
    /// <param name="model">The first stage; the latents are scaled by its scale.</param>
    /// <param name="images">The images.</param>
    /// <param name="latents">Receives the latents.</param>
    /// <param name="threads">The number of threads that read images.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <returns>The SHA-256 of the images' values in their order.</returns>
    /// <exception cref="ArgumentException">An image has no finite latent.</exception>
    /// <exception cref="OperationCanceledException">The cancellation token asked to stop.</exception>
    public static string Encode(AutoencoderModel model, IImageSet images, ILatents latents, int threads, CancellationToken cancellation)
    {
        using var direct = model.With(ConvolutionMode.Direct);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var reader = ImageReader.Of(images, model.Config.PixelRange, ImageReader.InOrder(images, BatchSize), threads);
        for (var first = 0L; first < images.Count; first += BatchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var batch = reader.Next();                           // [B, C, H, W]
            hash.AppendData(batch.bytes);
            Keep(first, batch);
            if (latents.Layout.HasMirrored)
                Keep(images.Count + first, batch.flip(-1));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Keep(long place, Tensor batch)
        {
            var encoded = Encode(direct, batch, place % images.Count);
            latents.Write(place, encoded.Mean.cpu(), latents.Layout.Varies ? encoded.Deviation!.cpu() : null);
        }
    }

    private static EncodedLatents Encode(AutoencoderModel model, Tensor batch, long first)
    {
        try
        {
            return model.EncodePosterior(batch);
        }
        catch (NonFiniteException failure)
        {
            throw new ArgumentException($"Images {first} to {first + batch.shape[0] - 1} have no finite latents. {failure.Message}", nameof(batch), failure);
        }
    }
}
