using LdmMl.Models;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Transforms.Generate;

/// <summary>What was generated for rows of one size.</summary>
/// <param name="images">Images [n, C, H, W], which this takes over; null where nobody asks for them.</param>
/// <param name="latents">Latents [n, c, h, w], likewise.</param>
internal sealed class GenerationResults(Tensor? images, Tensor? latents) : IDisposable
{
    private readonly PlaneTensor? images = Keep(images), latents = Keep(latents);

    public ImageSize ImageSize => images!.Size;

    /// <summary>Gets the image [C, H, W] of a row; valid until this is disposed.</summary>
    public ReadOnlySpan<float> Image(int row) => images!.Row(row);

    /// <summary>Gets the latent [c, h, w] of a row; valid until this is disposed.</summary>
    public ReadOnlySpan<float> Latent(int row) => latents!.Row(row);

    public void Dispose()
    {
        images?.Dispose();
        latents?.Dispose();
    }

    private static PlaneTensor? Keep(Tensor? rows) => rows is null ? null : new PlaneTensor(rows.contiguous().DetachFromDisposeScope());
}
