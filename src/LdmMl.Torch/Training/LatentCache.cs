using System.Security.Cryptography;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Sharing;
using LdmMl.Torch.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>The latents of a set of images, computed once, because a frozen first stage always gives the same ones.</summary>
internal sealed class LatentCache : IDisposable
{
    private const int EncodingBatch = 16;

    private readonly Tensor means;                               // [V, N, c, h, w], V = 2 with mirrored images
    private readonly Tensor? deviations;                         // same shape; null if the latents do not vary

    private LatentCache(Tensor means, Tensor? deviations, string imageHash)
    {
        ImageHash = imageHash;
        this.means = means.DetachFromDisposeScope();
        this.deviations = deviations?.DetachFromDisposeScope();
    }

    /// <summary>Gets the number of images.</summary>
    public int Count => (int)means.shape[1];

    /// <summary>Gets the SHA-256 of the images' values in their order.</summary>
    public string ImageHash { get; }

    /// <summary>Gets the shape of one latent: c, h, w.</summary>
    public ReadOnlySpan<long> Shape => means.shape.AsSpan(2);

    /// <summary>Gets whether it also has the latents of mirrored images.</summary>
    public bool HasMirrored => means.shape[0] == 2;

    /// <summary>Gets whether an image has more than one latent.</summary>
    public bool Varies => deviations is not null;

    /// <summary>Computes the size of a cache in bytes.</summary>
    public static long BytesFor(AutoencoderConfig config, IImageSet images, bool mirrored, bool varies) =>
        (mirrored ? 2L : 1) * (varies ? 2 : 1) * images.Count * config.LatentChannels
        * (images.Height / config.DownsampleFactor) * (images.Width / config.DownsampleFactor) * sizeof(float);

    /// <summary>
    /// Encodes images with direct convolutions, so that a training started in one convolution mode resumes in any other with the same bits.
    /// </summary>
    /// <param name="model">The first stage; the latents are scaled by its scale.</param>
    /// <param name="images">The images.</param>
    /// <param name="mirrored">Whether to encode them mirrored as well.</param>
    /// <param name="varies">Whether to keep the deviations of posteriors.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <exception cref="ArgumentException">An image has no finite latent.</exception>
    /// <exception cref="OperationCanceledException">The cancellation token asked to stop.</exception>
    public static LatentCache Encode(AutoencoderModel model, IImageSet images, bool mirrored, bool varies, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        using var direct = model.With(ConvolutionMode.Direct);
        long[] shape =
        [
            mirrored ? 2 : 1, images.Count, model.Config.LatentChannels,
            images.Height / model.Config.DownsampleFactor, images.Width / model.Config.DownsampleFactor,
        ];
        var (means, deviations) = (empty(shape), varies && model.Config.HasPosterior ? empty(shape) : null);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var rows in Enumerable.Range(0, images.Count).Select(index => (long)index).Chunk(EncodingBatch))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var inner = NewDisposeScope();
            var batch = BatchReader.Read(images, model.Config.PixelRange, rows);
            hash.AppendData(batch.bytes);
            for (var side = 0; side < shape[0]; side++)
            {
                var encoded = Encode(direct, side == 0 ? batch : batch.flip(-1), rows);
                means[side].narrow(0, rows[0], rows.Length).copy_(encoded.Mean);
                deviations?[side].narrow(0, rows[0], rows.Length).copy_(encoded.Deviation!);
            }
        }

        return new LatentCache(means, deviations, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>Multiplies all latents, to change their scale.</summary>
    public void Multiply(double factor)
    {
        means.mul_(Real(factor));
        deviations?.mul_(Real(factor));
    }

    /// <summary>Measures the latents, or their samples if they vary; mirrored ones do not count.</summary>
    public LatentScale Measure()
    {
        var measured = new LatentScale();
        foreach (var row in LatentScale.RowsOf(Count))
        {
            using var scope = NewDisposeScope();
            measured.Add(means[0, row], deviations?[0, row]);
        }

        return measured;
    }

    /// <summary>Reads latents.</summary>
    /// <param name="rows">The images; from <see cref="Count"/> on, the mirrored ones.</param>
    /// <param name="noise">Standard normal noise [B, c, h, w] to sample posteriors with; null for their means.</param>
    /// <returns>Latents [B, c, h, w] on the CPU. The caller disposes them.</returns>
    public Tensor Read(ReadOnlySpan<long> rows, Tensor? noise = null)
    {
        using var scope = NewDisposeScope();
        var indices = tensor(rows.ToArray());
        var latents = means.flatten(0, 1).index_select(0, indices);
        if (noise is not null && deviations is not null)
            latents.addcmul_(deviations.flatten(0, 1).index_select(0, indices), noise, Real(1));
        return scope.MoveToOuter(latents);
    }

    public void Dispose()
    {
        means.Dispose();
        deviations?.Dispose();
    }

    private static EncodedLatents Encode(AutoencoderModel model, Tensor batch, long[] rows)
    {
        try
        {
            return model.EncodePosterior(batch);
        }
        catch (NonFiniteException failure)
        {
            throw new ArgumentException($"Images {rows[0]} to {rows[^1]} have no finite latents. {failure.Message}", nameof(batch), failure);
        }
    }
}
