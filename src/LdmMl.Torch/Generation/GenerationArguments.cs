using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Generation;

/// <summary>The checks at the door of an opened model.</summary>
internal static class GenerationArguments
{
    public static void Check(GenerationBatch batch, GenerationSettings settings, LatentDiffusionConfig config, AutoencoderConfig autoencoder)
    {
        CheckSeeds(batch);
        CheckSettings(settings);
        ConditionArguments.Check(batch, settings, config.Conditioning, autoencoder);
        CheckInitialImages(batch, settings, config.Conditioning, autoencoder);
        CheckMasks(batch, config.Conditioning);
        CheckSize(GenerationSize.Of(batch, settings, config, autoencoder), config, autoencoder);
    }

    /// <summary>Checks images [B, C, H, W] of a batch.</summary>
    public static void CheckImages(Tensor? images, long rows, int channels, string name, string what)
    {
        if (images is null)
            return;
        if (images.dim() != 4 || images.shape[0] != rows || images.shape[1] != channels || images.shape.Contains(0))
            throw Wrong(name, $"Expected {what} [{rows}, {channels}, H, W], one for each seed, got {Shape(images)}.");
        CheckType(images, name, what);
    }

    public static void CheckType(Tensor tensor, string name, string what)
    {
        if (tensor.dtype != ScalarType.Float32)
            throw Wrong(name, $"Expected float32 {what}, got {tensor.dtype}; convert with to(ScalarType.Float32).");
    }

    public static ArgumentException Wrong(string name, string message) => new(message, name);

    public static string Shape(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";

    private static void CheckSeeds(GenerationBatch batch)
    {
        if (batch.Seeds is null || batch.Seeds.Count == 0)
            throw Wrong(nameof(batch.Seeds), "There are no seeds; give one for each image to generate.");
    }

    private static void CheckSettings(GenerationSettings settings)
    {
        if (!(settings.GuidanceScale >= 0 && double.IsFinite(settings.GuidanceScale)))
            throw Wrong(nameof(settings.GuidanceScale), $"The guidance scale is {settings.GuidanceScale}; it must be at least 0 (1 is no guidance).");
        if (settings.GuidanceRescale is not (>= 0 and <= 1))
            throw Wrong(nameof(settings.GuidanceRescale), $"The rescale of guidance is {settings.GuidanceRescale}; it must be in [0, 1].");
        if (settings.Strength is not (> 0 and <= 1))
            throw Wrong(nameof(settings.Strength), $"The strength is {settings.Strength}; it must be above 0 and at most 1.");
    }

    private static void CheckInitialImages(
        GenerationBatch batch, GenerationSettings settings, Conditioning conditioning, AutoencoderConfig autoencoder)
    {
        CheckImages(batch.InitialImages, batch.Seeds.Count, autoencoder.ImageChannels, nameof(batch.InitialImages), "initial images");
        if (batch.InitialImages is null && settings.Strength < 1)
        {
            throw Wrong(
                nameof(settings.Strength),
                $"The strength is {settings.Strength}, but there are no initial images of which to keep something; "
                + $"give {nameof(batch.InitialImages)}, or leave the strength at 1.");
        }

        if (batch.InitialImages is not null && conditioning is ConcatenatedConditioning { Input: ConcatenatedInput.LowResolutionImage })
        {
            throw Wrong(nameof(batch.InitialImages),
                $"This is a super-resolution model; give it {nameof(batch.LowResolutionImages)} in place of {nameof(batch.InitialImages)}.");
        }
    }

    private static void CheckMasks(GenerationBatch batch, Conditioning conditioning)
    {
        if (conditioning is ConcatenatedConditioning { Input: not ConcatenatedInput.LowResolutionImage }
            && (batch.InitialImages is null || batch.Masks is null))
        {
            throw Wrong(nameof(batch.Masks),
                $"This is an inpainting model; give it {nameof(batch.InitialImages)} and {nameof(batch.Masks)} (1 is painted, 0 stays).");
        }

        if (batch.Masks is null)
            return;
        if (batch.InitialImages is null)
        {
            throw Wrong(
                nameof(batch.Masks), $"There are masks, but no initial images of which they keep a part; give {nameof(batch.InitialImages)}.");
        }

        CheckImages(batch.Masks, batch.Seeds.Count, channels: 1, nameof(batch.Masks), "masks");
        if (!batch.Masks.shape.AsSpan(2).SequenceEqual(batch.InitialImages.shape.AsSpan(2)))
            throw Wrong(nameof(batch.Masks), $"The masks {Shape(batch.Masks)} must be as large as the initial images {Shape(batch.InitialImages)}.");
        using var scope = NewDisposeScope();
        if (!((batch.Masks >= Real(0)) & (batch.Masks <= Real(1))).all().Read<bool>())
            throw Wrong(nameof(batch.Masks), "The masks hold values outside [0, 1]; 1 is painted, 0 stays.");
    }

    private static void CheckSize(ImageSize size, LatentDiffusionConfig config, AutoencoderConfig autoencoder)
    {
        var (first, unet) = (autoencoder.DownsampleFactor, config.UNet.DownsampleFactor);
        if (size.Width <= 0 || size.Height <= 0 || size.Width % (first * unet) != 0 || size.Height % (first * unet) != 0)
        {
            throw Wrong("settings", $"The images would be {size.Width}x{size.Height}; both sides must be positive multiples of {first * unet}: "
                + $"{first} for the first stage, times {unet} for the U-Net.");
        }
    }
}
