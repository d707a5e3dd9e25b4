using LdmMl.Torch.Models.Autoencoders;

namespace LdmMl.Torch.Training.Streaming;

/// <summary>How many latents there are, and of which shape.</summary>
/// <param name="Images">The number of images.</param>
/// <param name="HasMirrored">Whether there are also the latents of mirrored images.</param>
/// <param name="Varies">Whether a latent has a standard deviation.</param>
/// <param name="Channels">c, the channels of a latent.</param>
/// <param name="Height">h, its height.</param>
/// <param name="Width">w, its width.</param>
internal sealed record LatentLayout(int Images, bool HasMirrored, bool Varies, int Channels, int Height, int Width)
{
    /// <summary>Gets the number of latents.</summary>
    public long Rows => (HasMirrored ? 2L : 1) * Images;

    /// <summary>Gets the number of values of a mean.</summary>
    public int Values => Channels * Height * Width;

    /// <summary>Gets the bytes of a latent.</summary>
    public int RowBytes => Values * sizeof(float) * (Varies ? 2 : 1);

    /// <summary>Gets the bytes of all latents.</summary>
    public long Bytes => Rows * RowBytes;

    /// <summary>Describes the latents of images.</summary>
    /// <param name="config">The first stage.</param>
    /// <param name="images">The images.</param>
    /// <param name="mirrored">Whether they are encoded mirrored as well.</param>
    /// <param name="varies">Whether the deviations of posteriors are kept; a first stage without posteriors has none.</param>
    public static LatentLayout Of(AutoencoderConfig config, IImageSet images, bool mirrored, bool varies) => new(
        images.Count, mirrored, varies && config.HasPosterior, config.LatentChannels, images.Height / config.DownsampleFactor,
        images.Width / config.DownsampleFactor);

    /// <summary>Returns the shape of a number of means or deviations.</summary>
    public long[] Shape(long rows) => [rows, Channels, Height, Width];
}
