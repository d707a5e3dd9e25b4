using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Perceptual;

/// <summary>The distances of pairs of images, in total and by layer. Disposing it frees its tensors.</summary>
public sealed class PerceptualDistances : IDisposable
{
    internal PerceptualDistances(Tensor total, IReadOnlyList<Tensor> layers, Tensor? map)
    {
        Total = total.DetachFromDisposeScope();
        Layers = [.. layers.Select(layer => layer.DetachFromDisposeScope())];
        Map = map?.DetachFromDisposeScope();
    }

    /// <summary>Gets the distances [B], float32; the sum over the layers. 0 means identical.</summary>
    public Tensor Total { get; }

    /// <summary>Gets the distances [B] of each layer, float32, in the order of <see cref="PerceptualModel.LayerNames"/>.</summary>
    public IReadOnlyList<Tensor> Layers { get; }

    /// <summary>
    /// Gets the map of differences: [B, 1, H, W], float32, the sum of the layers' maps stretched to the images' size; null unless requested.
    /// </summary>
    public Tensor? Map { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Total.Dispose();
        foreach (var layer in Layers)
            layer.Dispose();
        Map?.Dispose();
    }
}
