using LdmMl.Images;
using LdmMl.Models;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace LdmMl;

/// <summary>Encodes, decodes and reconstructs images in one call, without a pipeline.</summary>
/// <example>
/// <code>
/// using var reconstruction = autoencoder.Reconstruct(image);
/// using var latents = autoencoder.Encode(image);             // [1, c, H/f, W/f]
/// using var decoded = autoencoder.DecodeImages(latents)[0];
/// </code>
/// </example>
public static class AutoencoderModelExtensions
{
    /// <summary>Encodes an image and decodes its latents again.</summary>
    /// <param name="model">The autoencoder.</param>
    /// <param name="image">
    /// An image of any size: sides that are not multiples of the autoencoder's factor are padded, and the result is cropped.
    /// </param>
    /// <param name="background">The colour behind transparent pixels; white by default.</param>
    /// <returns>An opaque image of the same size. The caller disposes it.</returns>
    /// <exception cref="LdmMl.Torch.Models.NonFiniteException">The result is not finite.</exception>
    public static MLImage Reconstruct(this AutoencoderModel model, MLImage image, PixelColor? background = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(image);
        using var scope = NewDisposeScope();
        var pixels = ImageTensors.Of([image], model.Config.ImageChannels, model.Config.PixelRange, background ?? PixelColor.White);
        var padded = ImagePadding.PadToMultiple(pixels, model.Config.DownsampleFactor);
        var result = ForwardLock.Run(model.Device, () => model.Reconstruct(padded));
        return ImageTensors.ToImages(ImagePadding.CropTo(result, image.Height, image.Width), model.Config.PixelRange)[0];
    }

    /// <summary>Encodes an image to scaled latents.</summary>
    /// <param name="model">The autoencoder.</param>
    /// <param name="image">The image; its sides are multiples of <see cref="AutoencoderConfig.DownsampleFactor"/>.</param>
    /// <param name="background">The colour behind transparent pixels; white by default.</param>
    /// <returns>Latents [1, c, H/f, W/f], float32, as <see cref="AutoencoderModel.Encode(Tensor)"/> returns them. The caller disposes them.</returns>
    /// <exception cref="ArgumentException">The sides are not multiples of the autoencoder's factor.</exception>
    /// <exception cref="LdmMl.Torch.Models.NonFiniteException">The result is not finite.</exception>
    public static Tensor Encode(this AutoencoderModel model, MLImage image, PixelColor? background = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(image);
        using var pixels = ImageTensors.Of([image], model.Config.ImageChannels, model.Config.PixelRange, background ?? PixelColor.White);
        return ForwardLock.Run(model.Device, () => model.Encode(pixels));
    }

    /// <summary>Decodes scaled latents to images.</summary>
    /// <param name="model">The autoencoder.</param>
    /// <param name="latents">Latents [B, c, h, w], float32.</param>
    /// <returns>One opaque image for each row. The caller disposes them.</returns>
    /// <exception cref="ArgumentException">The latents have another shape or type.</exception>
    /// <exception cref="LdmMl.Torch.Models.NonFiniteException">The result is not finite.</exception>
    public static IReadOnlyList<MLImage> DecodeImages(this AutoencoderModel model, Tensor latents)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var images = ForwardLock.Run(model.Device, () => model.Decode(latents));
        return ImageTensors.ToImages(images, model.Config.PixelRange);
    }
}
