using LdmMl.Torch.Arguments;
using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Features;

/// <summary>Checks before and after features are computed.</summary>
internal static class FeatureArguments
{
    public static void Check(Tensor images, PixelRange range, int minimum)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (range is not (PixelRange.MinusOneToOne or PixelRange.ZeroToOne))
            throw new ArgumentOutOfRangeException(nameof(range), range, "Unknown pixel range.");
        if (images.shape is not [> 0, 3, var height, var width])
            throw new ArgumentException($"Expected RGB images [B, 3, H, W], got {images.ShapeText()}.", nameof(images));
        if (images.dtype != ScalarType.Float32)
        {
            throw new ArgumentException(
                $"Expected float32 images, got {images.dtype}. Convert them, and pass the range of their values.", nameof(images));
        }

        if (height < minimum || width < minimum)
        {
            throw new ArgumentException(
                $"The images are {width}x{height}; both sides must be at least {minimum} pixels. Enlarge them first.", nameof(images));
        }
    }

    public static void CheckFinite(Tensor features, Tensor images, string name)
    {
        if (features.isfinite().all().Read<bool>())
            return;
        throw new InvalidDataException(images.isfinite().all().Read<bool>()
            ? $"{name} output NaN or infinity for finite images. Check its weights and the range of the images."
            : "The images contain NaN or infinity; check their source.");
    }
}
