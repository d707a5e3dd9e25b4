using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Generation;

/// <summary>Creates the channels that are concatenated with the noisy latent, each kind as the models of that kind were trained.</summary>
internal static class ConcatenatedChannels
{
    /// <summary>Creates the channels of a batch, [B, c, h, w], on the CPU.</summary>
    public static Tensor Of(ConcatenatedInput input, GenerationBatch batch, AutoencoderModel autoencoder)
    {
        if (input == ConcatenatedInput.LowResolutionImage)
            return batch.LowResolutionImages!.to(CPU);

        using var scope = NewDisposeScope();
        var (config, images) = (autoencoder.Config, batch.InitialImages!.to(CPU));
        var painted = LatentMasks.Binary(batch.Masks!.to(CPU));                       // [B, 1, H, W]
        var mask = LatentMasks.Nearest(painted, config.DownsampleFactor);             // [B, 1, h, w]
        var (black, grey) = config.PixelRange == PixelRange.ZeroToOne ? (0.0, 0.5) : (-1.0, 0.0);
        if (input == ConcatenatedInput.MaskThenMaskedImage)
            return scope.MoveToOuter(cat([mask, autoencoder.Encode(Cover(images, painted, grey))], dim: 1));

        // This model was trained on unscaled latents.
        var raw = new LatentScaling(config).Undo(autoencoder.Encode(Cover(images, painted, black)));
        return scope.MoveToOuter(cat([raw, (mask * Real(2)) - Real(1)], dim: 1));
    }

    private static Tensor Cover(Tensor images, Tensor painted, double value) => (images * (Real(1) - painted)).Plus(painted * Real(value));
}
