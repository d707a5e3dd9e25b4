using LdmMl.Torch.Arguments;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>Checks the arguments of an opened autoencoder.</summary>
internal static class AutoencoderArguments
{
    public static void CheckImages(Tensor images, AutoencoderConfig config)
    {
        ArgumentNullException.ThrowIfNull(images);
        var channels = config.ImageChannels;
        if (images.dim() != 4 || images.shape[1] != channels || images.shape.Contains(0))
            throw new ArgumentException($"Expected images [B, {channels}, H, W], got {images.ShapeText()}.", nameof(images));
        CheckType(images, nameof(images));

        var (height, width, factor) = (images.shape[2], images.shape[3], config.DownsampleFactor);
        if (height % factor != 0 || width % factor != 0)
        {
            throw new ArgumentException(
                $"The images are {width}x{height}; both sides must be multiples of {factor}. Resize or pad them first.", nameof(images));
        }
    }

    public static void CheckNoise(Tensor? noise, Tensor images, AutoencoderConfig config)
    {
        if (noise is null)
            return;
        if (!config.HasPosterior)
            throw new ArgumentException("This autoencoder has no posterior to sample from; encode without noise.", nameof(noise));
        var factor = config.DownsampleFactor;
        long[] expected = [images.shape[0], config.LatentChannels, images.shape[2] / factor, images.shape[3] / factor];
        if (!noise.shape.SequenceEqual(expected))
        {
            throw new ArgumentException(
                $"Expected noise [{string.Join(", ", expected)}] for images {images.ShapeText()}, got {noise.ShapeText()}.", nameof(noise));
        }

        CheckType(noise, nameof(noise));
    }

    public static void CheckLatents(Tensor latents, AutoencoderConfig config)
    {
        ArgumentNullException.ThrowIfNull(latents);
        if (latents.dim() != 4 || latents.shape[1] != config.LatentChannels || latents.shape.Contains(0))
            throw new ArgumentException($"Expected latents [B, {config.LatentChannels}, h, w], got {latents.ShapeText()}.", nameof(latents));
        CheckType(latents, nameof(latents));
    }

    private static void CheckType(Tensor tensor, string name)
    {
        if (tensor.dtype != ScalarType.Float32)
            throw new ArgumentException($"Expected float32 {name}, got {tensor.dtype}; convert with to(ScalarType.Float32).", name);
    }
}
