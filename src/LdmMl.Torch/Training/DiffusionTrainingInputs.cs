using LdmMl.Torch.Arguments;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;

namespace LdmMl.Torch.Training;

/// <summary>Checks that the inputs of a diffusion training fit each other, before any work.</summary>
internal static class DiffusionTrainingInputs
{
    /// <summary>Checks that images, labels, options and first stage fit each other, and creates the config of the model to train.</summary>
    /// <exception cref="ArgumentException">They do not fit; the message says what is needed.</exception>
    public static LatentDiffusionConfig Check(
        AutoencoderConfig autoencoder, DiffusionTrainingOptions options, LabeledImages images, LabeledImages? validation)
    {
        images.Validate(nameof(images));
        CheckImages(autoencoder, images.Images, nameof(images));
        var config = options.ModelFor(autoencoder, images);
        config.Validate(autoencoder);
        if (validation is null)
            return config;

        validation.Validate(nameof(validation));
        CheckImages(autoencoder, validation.Images, nameof(validation));
        if ((validation.Labels is null) != (images.Labels is null))
        {
            throw new ArgumentException(
                $"The training images have {(images.Labels is null ? "no " : "")}labels, " +
                $"the validation images have {(validation.Labels is null ? "none" : "some")}; " +
                "both need them, or neither.", nameof(validation));
        }

        if ((validation.Captions is null) != (images.Captions is null))
        {
            throw new ArgumentException(
                $"The training images have {(images.Captions is null ? "no " : "")}captions, " +
                $"the validation images have {(validation.Captions is null ? "none" : "some")}; " +
                "both need them, or neither.", nameof(validation));
        }

        if (validation.Labels is not null && validation.LabelCount > images.LabelCount)
        {
            throw new ArgumentException(
                $"The validation images have labels up to {validation.LabelCount - 1}, the training images only up to {images.LabelCount - 1}.",
                nameof(validation));
        }

        if (validation.LabelNames is { } names && images.LabelNames is { } known && !names.SequenceEqual(known))
            throw new ArgumentException("The label names of the validation images differ from those of the training images.", nameof(validation));
        return config;
    }

    private static void CheckImages(AutoencoderConfig autoencoder, IImageSet images, string name)
    {
        if (images.Channels != autoencoder.ImageChannels)
            throw new ArgumentException($"The images have {images.Channels} channels, but the autoencoder takes {autoencoder.ImageChannels}.", name);
        if (images.Width % autoencoder.DownsampleFactor != 0 || images.Height % autoencoder.DownsampleFactor != 0)
        {
            throw new ArgumentException(
                $"The images are {images.Width}x{images.Height}; both sides must be multiples of {autoencoder.DownsampleFactor}. " +
                "Resize or pad them first.",
                name);
        }
    }
}
