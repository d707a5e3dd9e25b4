using LdmMl.Torch.Arguments;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Training.Streaming;

namespace LdmMl.Torch.Training;

/// <summary>Checks training images against a model and the networks of its objective.</summary>
internal static class AutoencoderTrainingImages
{
    /// <exception cref="ArgumentException">There are no images, or they do not fit.</exception>
    public static void RequireFit(AutoencoderConfig config, AutoencoderTrainingOptions options, IImageSet images, string name)
    {
        if (images.Count == 0)
            throw new ArgumentException("There are no images; add at least one.", name);
        if (images.Channels != config.ImageChannels)
            throw new ArgumentException($"The images have {images.Channels} channels, but the model takes {config.ImageChannels}.", name);
        if (options.CropSize is { } side)
        {
            Check.That(
                side <= Math.Min(images.Width, images.Height), side, $"the images are {images.Width}x{images.Height}; it must not be larger than them",
                nameof(options.CropSize));
            Check.That(
                side % config.DownsampleFactor == 0, side, $"with this network it must be a multiple of {config.DownsampleFactor}", nameof(options.CropSize));
            images = new CenteredImages(images, side);
        }

        if (images.Width % config.DownsampleFactor != 0 || images.Height % config.DownsampleFactor != 0)
        {
            throw new ArgumentException(
                $"The images are {images.Width}x{images.Height}; both sides must be multiples of {config.DownsampleFactor}. Resize or pad them first.",
                name);
        }

        CheckNetworks(options, images, name);
    }

    private static void CheckNetworks(AutoencoderTrainingOptions options, IImageSet images, string name)
    {
        var side = Math.Min(images.Width, images.Height);
        if (options.PerceptualModel is { } perceptual && side < perceptual.MinimumSize)
        {
            throw new ArgumentException(
                $"The images are {images.Width}x{images.Height}; {perceptual.Name} needs at least {perceptual.MinimumSize} pixels on each side. " +
                "Use larger images or another perceptual model.", name);
        }

        if (options.Adversarial is { } adversarial && side < adversarial.ConfigFor(images.Channels).MinimumSize)
        {
            throw new ArgumentException(
                $"The images are {images.Width}x{images.Height}; a discriminator of {adversarial.Layers} layers needs at least " +
                $"{adversarial.ConfigFor(images.Channels).MinimumSize} pixels on each side. Use larger images or fewer layers.", name);
        }
    }
}
