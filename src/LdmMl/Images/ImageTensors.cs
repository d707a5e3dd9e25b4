using System.Runtime.InteropServices;
using LdmMl.Torch.Tensors;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Images;

/// <summary>Converts images of ML.NET to tensors [B, C, H, W] and back.</summary>
internal static class ImageTensors
{
    /// <summary>Converts images of one size to a tensor, [B, channels, H, W], float32. The caller disposes it.</summary>
    /// <exception cref="ArgumentException">There is no image, or their sizes differ.</exception>
    public static Tensor Of(IReadOnlyList<MLImage> images, int channels, PixelRange range, PixelColor background)
    {
        if (images.Count == 0)
            throw new ArgumentException("There is no image to convert to a tensor.", nameof(images));
        var size = new ImageSize(images[0].Width, images[0].Height);
        var other = images.FirstOrDefault(image => new ImageSize(image.Width, image.Height) != size);
        if (other is not null)
            throw new ArgumentException($"The images are {size} and {other.Width}x{other.Height}; one tensor holds images of one size.", nameof(images));
        var tensor = empty([images.Count, channels, size.Height, size.Width]);
        var values = MemoryMarshal.Cast<byte, float>(tensor.bytes);
        var length = values.Length / images.Count;
        for (var row = 0; row < images.Count; row++)
            MLImagePlanes.ToPlanes(images[row], background, range, values.Slice(row * length, length), channels);
        return tensor;
    }

    /// <summary>Converts each row of a tensor [B, C, H, W], or the only one of [C, H, W], to an image. The caller disposes them.</summary>
    /// <exception cref="ArgumentException">The tensor has another shape or type.</exception>
    public static MLImage[] ToImages(Tensor tensor, PixelRange range)
    {
        if (!tensor.is_floating_point() || tensor.shape is not ([_, 1 or 3, > 0, > 0] or [1 or 3, > 0, > 0]))
        {
            throw new ArgumentException(
                $"Expected floating-point images [B, 3, H, W], [B, 1, H, W], [3, H, W] or [1, H, W], "
                + $"got {tensor.dtype} [{string.Join(", ", tensor.shape)}].",
                nameof(tensor));
        }

        using var scope = NewDisposeScope();
        var rows = tensor.detach().to(ScalarType.Float32, CPU).contiguous();
        if (rows.dim() == 3)
            rows = rows.unsqueeze(0);
        var (count, channels, height, width) = ((int)rows.shape[0], (int)rows.shape[1], (int)rows.shape[2], (int)rows.shape[3]);
        var values = MemoryMarshal.Cast<byte, float>(rows.bytes);
        var length = channels * height * width;
        var images = new MLImage[count];
        for (var row = 0; row < count; row++)
            images[row] = MLImagePlanes.FromPlanes(values.Slice(row * length, length), channels, range, width, height);
        return images;
    }
}
