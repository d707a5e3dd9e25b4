using static TorchSharp.torch;

namespace LdmMl.Torch.Training.Streaming;

/// <summary>
/// Where the latents of a set of images are: those of the images, and then, with mirrored images, those of the mirrored ones. A latent has a mean, and
/// a standard deviation if it varies.
/// </summary>
internal interface ILatents : IDisposable
{
    /// <summary>Gets the shape of the latents.</summary>
    LatentLayout Layout { get; }

    /// <summary>Keeps the latents of some neighbouring images.</summary>
    /// <param name="first">The place of the first one; from <see cref="LatentLayout.Images"/> on, those of mirrored images.</param>
    /// <param name="means">Means [B, c, h, w].</param>
    /// <param name="deviations">Standard deviations of the same shape; null if the latents do not vary.</param>
    void Write(long first, Tensor means, Tensor? deviations);

    /// <summary>Reads latents.</summary>
    /// <param name="rows">Their places.</param>
    /// <returns>Means and deviations [B, c, h, w] on the CPU. The caller disposes them.</returns>
    (Tensor Means, Tensor? Deviations) Read(ReadOnlySpan<long> rows);

    /// <summary>Multiplies all latents, to change their scale.</summary>
    void Multiply(double factor);
}
