using LdmMl.Torch.Arguments;
using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Perceptual;

/// <summary>Checks the arguments of a perceptual model.</summary>
internal static class PerceptualArguments
{
    public static void CheckImages(Tensor images, PixelRange range, PerceptualTrunkConfig trunk, string name)
    {
        ArgumentNullException.ThrowIfNull(images, name);
        if (images.dim() != 4 || images.shape[1] != 3 || images.shape[0] == 0)
            throw new ArgumentException($"Expected images [B, 3, H, W], got {images.ShapeText()}.", name);
        if (images.dtype != ScalarType.Float32)
            throw new ArgumentException($"Expected float32 images, got {images.dtype}; convert with to(ScalarType.Float32).", name);
        if (range is not (PixelRange.MinusOneToOne or PixelRange.ZeroToOne))
            throw new ArgumentOutOfRangeException(nameof(range), range, "Unknown pixel range.");
        var (height, width, smallest) = (images.shape[2], images.shape[3], trunk.MinimumSize);
        if (height < smallest || width < smallest)
        {
            throw new ArgumentException(
                $"The images are {width}x{height}; {trunk.Name} needs at least {smallest} pixels on each side. Enlarge them, or use a smaller network.", name);
        }
    }

    public static void CheckPair(Tensor images, Tensor others, string name)
    {
        if (!images.shape.AsSpan(1).SequenceEqual(others.shape.AsSpan(1)) || (images.shape[0] != others.shape[0] && images.shape[0] != 1))
        {
            throw new ArgumentException(
                $"Both sides must have the same shape, got {images.ShapeText()} and {others.ShapeText()}. Only one image [1, 3, H, W] can be compared with many.", name);
        }
    }

    public static void CheckReference(PerceptualFeatures reference, object network, Tensor others, string name)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ObjectDisposedException.ThrowIf(reference.IsDisposed, reference);
        if (!ReferenceEquals(reference.Network, network))
            throw new ArgumentException("The features were computed by another model or in another number format; compute them with the model that compares them.", nameof(reference));
        var (count, height, width) = (others.shape[0], others.shape[2], others.shape[3]);
        if (reference.Height != height || reference.Width != width)
            throw new ArgumentException($"The reference's images are {reference.Width}x{reference.Height}, the others are {width}x{height}; they must have the same size.", name);
        if (reference.Count != 1 && reference.Count != count)
            throw new ArgumentException($"{reference.Count} reference images cannot be compared with {count} others; pass the same number, or one reference.", name);
    }
}
