using LdmMl.Torch.Kernels;
using LdmMl.Torch.Layers;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Perceptual;

/// <summary>
/// The weights of a trunk's convolutions in the memory format used without gradients; created at the first use.
/// Reordering them in every call would cost as much as a whole image of 64x64.
/// </summary>
internal sealed class PackedWeights(IReadOnlyList<ImageConvolution?> convolutions) : IDisposable
{
    private readonly Lock packing = new();
    private Tensor?[]? packed;

    /// <summary>Gets the weights of the layers, in their order; null if a layer has none in the trunk's format.</summary>
    public IReadOnlyList<Tensor?> Get(ScalarType format)
    {
        lock (packing)
            return packed ??= [.. convolutions.Select(convolution => Pack(convolution, format))];
    }

    public void Dispose()
    {
        foreach (var weight in packed ?? [])
            weight?.Dispose();
    }

    // Blocked for float32, channels-last for bf16: the formats of the activations.
    private static Tensor? Pack(ImageConvolution? convolution, ScalarType format)
    {
        if (convolution is null || convolution.Format != format)
            return null;
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var weight = HalfWeight.Widened(convolution.Weight).detach();
        var ordered = format == ScalarType.Float32
            ? BlockedImages.Pack(weight, convolution.Stride, convolution.Padding)
            : weight.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
        return ordered.DetachFromDisposeScope();
    }
}
