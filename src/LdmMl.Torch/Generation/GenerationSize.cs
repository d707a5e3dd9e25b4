using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;

namespace LdmMl.Torch.Generation;

/// <summary>Decides how large the images of a batch become.</summary>
internal static class GenerationSize
{
    /// <summary>What the images given say, else the settings, else the model's own size, in pixels.</summary>
    /// <exception cref="ArgumentException">The settings contradict the images.</exception>
    public static ImageSize Of(GenerationBatch batch, GenerationSettings settings, LatentDiffusionConfig config, AutoencoderConfig autoencoder)
    {
        var factor = autoencoder.DownsampleFactor;
        ImageSize? given = (batch.InitialImages, batch.LowResolutionImages) switch
        {
            ({ } images, _) => new((int)images.shape[3], (int)images.shape[2]),
            (_, { } images) => new((int)images.shape[3] * factor, (int)images.shape[2] * factor),
            _ => null,
        };
        if (given is null)
            return new(settings.Width ?? config.LatentWidth * factor, settings.Height ?? config.LatentHeight * factor);
        if (WidthDiffers(settings, given.Value) || (settings.Height ?? given.Value.Height) != given.Value.Height)
        {
            throw GenerationArguments.Wrong(
                nameof(settings),
                $"The settings ask for another {(WidthDiffers(settings, given.Value) ? "width" : "height")} than the images given, "
                + $"which make {given.Value}: leave {nameof(settings.Width)} and {nameof(settings.Height)} out, or resize the images.");
        }

        return given.Value;
    }

    private static bool WidthDiffers(GenerationSettings settings, ImageSize given) => (settings.Width ?? given.Width) != given.Width;
}
