using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Training.Streaming;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>The latents of a set of images, computed once, because a frozen first stage always gives the same ones: in memory, or in a file.</summary>
internal sealed class LatentCache : IDisposable
{
    private readonly ILatents latents;

    private LatentCache(ILatents latents, string imageHash) => (this.latents, ImageHash) = (latents, imageHash);

    /// <summary>Gets the number of images.</summary>
    public int Count => latents.Layout.Images;

    /// <summary>Gets the SHA-256 of the images' values in their order.</summary>
    public string ImageHash { get; }

    /// <summary>Gets the shape of one latent: c, h, w.</summary>
    public ReadOnlySpan<long> Shape => latents.Layout.Shape(1).AsSpan(1);

    /// <summary>Gets whether it also has the latents of mirrored images.</summary>
    public bool HasMirrored => latents.Layout.HasMirrored;

    /// <summary>Gets whether an image has more than one latent.</summary>
    public bool Varies => latents.Layout.Varies;

    /// <summary>Encodes images, or finds the file in which an earlier training kept their latents.</summary>
    /// <param name="model">The first stage; the latents are scaled by its scale.</param>
    /// <param name="images">The images.</param>
    /// <param name="mirrored">Whether to encode them mirrored as well.</param>
    /// <param name="varies">Whether to keep the deviations of posteriors.</param>
    /// <param name="options">Where latents are kept, and who hears of it.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <exception cref="ArgumentException">An image has no finite latent.</exception>
    /// <exception cref="IOException">The latents cannot be kept in the folder.</exception>
    /// <exception cref="OperationCanceledException">The cancellation token asked to stop.</exception>
    public static LatentCache Encode(
        AutoencoderModel model, IImageSet images, bool mirrored, bool varies, DiffusionTrainingOptions options, CancellationToken cancellation)
    {
        var layout = LatentLayout.Of(model.Config, images, mirrored, varies);
        if (options.LatentFolder is not null || layout.Bytes > options.MaximumLatentBytes)
            return new LatentFileSource(model, images, layout, options, cancellation).Open((latents, hash) => new LatentCache(latents, hash));
        options.Notes?.Report(FormattableString.Invariant($"The latents of {images.Count:N0} images take {layout.Bytes / 1e6:N1} MB of memory."));
        var held = new MemoryLatents(layout);
        try
        {
            return new LatentCache(held, LatentEncoder.Encode(model, images, held, options.ReaderThreads, cancellation));
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Multiplies all latents, to change their scale.</summary>
    public void Multiply(double factor) => latents.Multiply(factor);

    /// <summary>Measures the latents, or their samples if they vary; mirrored ones do not count.</summary>
    public LatentScale Measure()
    {
        var measured = new LatentScale();
        foreach (var row in LatentScale.RowsOf(Count))
        {
            using var scope = NewDisposeScope();
            var (mean, deviation) = latents.Read([row]);
            measured.Add(mean, deviation);
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
        var (means, deviations) = latents.Read(rows);
        if (noise is not null && deviations is not null)
            means.addcmul_(deviations, noise, Real(1));
        return scope.MoveToOuter(means);
    }

    public void Dispose() => latents.Dispose();
}
