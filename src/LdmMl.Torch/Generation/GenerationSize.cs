using LdmMl.Torch.Arguments;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;

namespace LdmMl.Torch.Generation;

/// <summary>Determines the size of generated images: from the given images, or else the settings, or else the model.</summary>
internal sealed class GenerationSize(GenerationSettings settings, LatentDiffusionConfig config, AutoencoderConfig autoencoder)
{
    /// <summary>Gets the size in pixels if no images are given.</summary>
    public ImageSize Default => new(
        settings.Width ?? config.LatentWidth * autoencoder.DownsampleFactor, settings.Height ?? config.LatentHeight * autoencoder.DownsampleFactor);

    private bool Enlarges => config.Conditioning is ConcatenatedConditioning { Input: ConcatenatedInput.LowResolutionImage };

    /// <summary>
    /// Returns the size of the image generated from a given one: the same, or larger by the first stage's factor for super-resolution.
    /// </summary>
    public ImageSize MadeOf(ImageSize given) =>
        Enlarges ? new(given.Width * autoencoder.DownsampleFactor, given.Height * autoencoder.DownsampleFactor) : given;

    /// <summary>Returns the size of the images of a batch.</summary>
    public ImageSize Of(GenerationBatch batch) =>
        (Enlarges ? batch.LowResolutionImages : batch.InitialImages) is { } images
            ? MadeOf(new((int)images.shape[3], (int)images.shape[2])) : Default;

    /// <summary>Describes what is wrong with a size; null if it is valid.</summary>
    public OptionException? Misfit(ImageSize size)
    {
        if ((settings.Width ?? size.Width) != size.Width)
            return Other(nameof(settings.Width), settings.Width, size);
        if ((settings.Height ?? size.Height) != size.Height)
            return Other(nameof(settings.Height), settings.Height, size);
        return Indivisible(nameof(settings.Width), size.Width) ?? Indivisible(nameof(settings.Height), size.Height);
    }

    private OptionException? Indivisible(string name, int side)
    {
        var (first, unet) = (autoencoder.DownsampleFactor, config.UNet.DownsampleFactor);
        return side > 0 && side % (first * unet) == 0 ? null : Check.Refuse(
            name, side, $"it must be a positive multiple of {first * unet}: {first} for the first stage, times {unet} for the U-Net");
    }

    private static OptionException Other(string name, int? asked, ImageSize size) =>
        new(name, asked, $"the given images result in {size}; leave it out, or resize them");
}
