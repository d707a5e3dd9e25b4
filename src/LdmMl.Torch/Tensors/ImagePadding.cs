using LdmMl.Torch.Arguments;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tensors;

/// <summary>Pads images so that their sides are multiples of what a network needs, and crops them again.</summary>
internal static class ImagePadding
{
    /// <summary>
    /// Repeats the last column and row at the right and the bottom until both sides are multiples of <paramref name="factor"/>.
    /// <see cref="CropTo"/> with the original sides undoes it.
    /// </summary>
    /// <param name="images">Images [B, C, H, W].</param>
    /// <param name="factor">The factor, in pixels; at least 1.</param>
    /// <returns>Images [B, C, H', W']; memory shared with <paramref name="images"/> where no padding is needed. The caller disposes it.</returns>
    /// <exception cref="ArgumentException"><paramref name="images"/> is not [B, C, H, W].</exception>
    public static Tensor PadToMultiple(Tensor images, int factor)
    {
        var (height, width) = Sides(images);
        ArgumentOutOfRangeException.ThrowIfLessThan(factor, 1);
        var right = (factor - (width % factor)) % factor;
        var bottom = (factor - (height % factor)) % factor;
        return right == 0 && bottom == 0
            ? images.alias()
            : nn.functional.pad(images, [0, right, 0, bottom], PaddingModes.Replicate);
    }

    /// <summary>Keeps the top left part of each image.</summary>
    /// <param name="images">Images [B, C, H, W].</param>
    /// <param name="height">The rows to keep, 1 to H.</param>
    /// <param name="width">The columns to keep, 1 to W.</param>
    /// <returns>Contiguous images [B, C, height, width]; memory may be shared with <paramref name="images"/>. The caller disposes it.</returns>
    /// <exception cref="ArgumentException"><paramref name="images"/> is not [B, C, H, W], or smaller than requested.</exception>
    public static Tensor CropTo(Tensor images, long height, long width)
    {
        var (fullHeight, fullWidth) = Sides(images);
        if (height < 1 || width < 1 || height > fullHeight || width > fullWidth)
        {
            throw new ArgumentException(
                $"Cannot crop images of {fullWidth}x{fullHeight} to {width}x{height}; give sides from 1 to those of the images.", nameof(images));
        }

        using var scope = NewDisposeScope();
        return scope.MoveToOuter(images.narrow(2, 0, height).narrow(3, 0, width).contiguous());
    }

    private static (long Height, long Width) Sides(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        return images.shape is [_, _, >= 1 and var height, >= 1 and var width]
            ? (height, width)
            : throw new ArgumentException($"Expected images [B, C, H, W], got {images.ShapeText()}.", nameof(images));
    }
}
