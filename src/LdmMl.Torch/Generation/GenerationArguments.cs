using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Models.Autoencoders;
using static TorchSharp.torch;

namespace LdmMl.Torch.Generation;

/// <summary>Checks the arguments of generation.</summary>
internal static class GenerationArguments
{
    /// <exception cref="OptionException">The batch or a setting does not fit the model.</exception>
    public static void CheckAll(GenerationBatch batch, GenerationSettings settings, LatentDiffusionConfig config, AutoencoderConfig autoencoder)
    {
        Check.That(batch.Seeds?.Count > 0, batch.Seeds, "give one for each image to generate");
        ConditionRules.Apply(GivenInputs.Of(batch), settings, config.Conditioning);
        ConditionArguments.CheckShapes(batch, config.Conditioning, autoencoder);
        CheckImages(batch.InitialImages, batch.Seeds!.Count, autoencoder.ImageChannels, nameof(batch.InitialImages));
        CheckMasks(batch);
        CheckSampler(settings, (settings.Sampling ?? config.Sampling).Sampler, batch.Masks is not null && config.Conditioning is not ConcatenatedConditioning);
        var sizes = new GenerationSize(settings, config, autoencoder);
        if (sizes.Misfit(sizes.Of(batch)) is { } misfit)
            throw misfit;
    }

    /// <summary>Checks images [B, C, H, W] of a batch, if any.</summary>
    public static void CheckImages(Tensor? images, long rows, int channels, string name)
    {
        if (images is null)
            return;
        Check.That(
            images.dim() == 4 && images.shape[0] == rows && images.shape[1] == channels && !images.shape.Contains(0),
            images.shape, $"it must be [{rows}, {channels}, H, W], one image per seed", name);
        CheckType(images, name);
    }

    public static void CheckType(Tensor tensor, string name) => Check.That(
        tensor.dtype == ScalarType.Float32, tensor.dtype, "it must be Float32; convert with to(ScalarType.Float32)", name);

    private static void CheckSampler(GenerationSettings settings, ISampler sampler, bool pastes)
    {
        if (settings.ImageRule == ImageRule.Mean)
            return;
        Check.That(
            sampler is not PndmSampler, Wording.Choice(SamplerRegistry.NameOf(sampler)),
            $"diffusers counts each of its Runge-Kutta calls as a step, which {nameof(ImageRule)} {settings.ImageRule} does not support; "
            + $"choose {Wording.Choice("Plms")}", nameof(SamplingSettings.Sampler));
        Check.That(
            !pastes || sampler is Sampler, Wording.Choice(SamplerRegistry.NameOf(sampler)),
            $"{nameof(ImageRule)} {settings.ImageRule} pastes after each step, which is not possible with it; choose another", nameof(SamplingSettings.Sampler));
    }

    private static void CheckMasks(GenerationBatch batch)
    {
        if (batch.Masks is not { } masks)
            return;
        CheckImages(masks, batch.Seeds.Count, channels: 1, nameof(batch.Masks));
        var images = batch.InitialImages!.shape;
        Check.That(
            masks.shape.AsSpan(2).SequenceEqual(images.AsSpan(2)), masks.shape,
            $"it must have the size of {nameof(batch.InitialImages)}, {images[3]}x{images[2]}", nameof(batch.Masks));
        using var scope = NewDisposeScope();
        var (least, largest) = (masks.min().Read<float>(), masks.max().Read<float>());
        Check.That(
            least >= 0 && largest <= 1, $"{least} to {largest}", "its values must be in [0, 1]: 1 is painted, 0 is kept", nameof(batch.Masks));
    }
}
