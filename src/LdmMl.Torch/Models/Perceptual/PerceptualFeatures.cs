using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Perceptual;

/// <summary>The activations of reference images, computed once and compared with many candidates. Disposing it frees its tensors.</summary>
public sealed class PerceptualFeatures : IDisposable
{
    internal PerceptualFeatures(object network, IReadOnlyList<Tensor> layers, long count, long height, long width)
    {
        Network = network;
        Layers = [.. layers.Select(layer => layer.DetachFromDisposeScope())];
        Count = count;
        Height = height;
        Width = width;
    }

    /// <summary>Gets the number of images.</summary>
    public long Count { get; }

    /// <summary>Gets the height of the images.</summary>
    public long Height { get; }

    /// <summary>Gets the width of the images.</summary>
    public long Width { get; }

    /// <summary>Gets the network that computed them, for identification.</summary>
    internal object Network { get; }

    /// <summary>Gets the activations, [B, C, h, w], in the trunk's number format; in bf16 in channels-last order.</summary>
    internal IReadOnlyList<Tensor> Layers { get; }

    /// <summary>Gets whether they are freed.</summary>
    internal bool IsDisposed { get; private set; }

    /// <summary>Gathers the activations of single images from features of one model, in the given order.</summary>
    internal static PerceptualFeatures Gather(IReadOnlyList<(PerceptualFeatures Source, int Index)> images)
    {
        using var scope = NewDisposeScope();
        var first = images[0].Source;
        var layers = Enumerable.Range(0, first.Layers.Count)
            .Select(layer => cat([.. images.Select(image => image.Source.Layers[layer].narrow(0, image.Index, 1))]));
        return new(first.Network, [.. layers], images.Count, first.Height, first.Width);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        IsDisposed = true;
        foreach (var layer in Layers)
            layer.Dispose();
    }
}
