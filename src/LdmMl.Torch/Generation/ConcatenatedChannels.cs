using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Generation;

/// <summary>Creates the channels that are concatenated with the noisy latent, as in the training of each kind of model.</summary>
internal static class ConcatenatedChannels
{
    /// <summary>Creates the channels of a batch, [B, c, h, w], on the CPU.</summary>
    /// <param name="input">What is concatenated.</param>
    /// <param name="batch">The images.</param>
    /// <param name="config">The config of the first stage.</param>
    /// <param name="encode">Encodes images to scaled latents on the CPU.</param>
    public static Tensor Of(ConcatenatedInput input, GenerationBatch batch, AutoencoderConfig config, Func<Tensor, Tensor> encode)
    {
        if (input == ConcatenatedInput.LowResolutionImage)
            return batch.LowResolutionImages!.to(CPU);

        using var scope = NewDisposeScope();
        var images = batch.InitialImages!.to(CPU);
        var painted = LatentMasks.Binary(batch.Masks!.to(CPU));                       // [B, 1, H, W]
        var mask = LatentMasks.Nearest(painted, config.DownsampleFactor);             // [B, 1, h, w]
        var (black, grey) = config.PixelRange == PixelRange.ZeroToOne ? (0.0, 0.5) : (-1.0, 0.0);
        if (input == ConcatenatedInput.MaskThenMaskedImage)
            return scope.MoveToOuter(cat([mask, encode(Cover(images, painted, grey))], dim: 1));

        // This model was trained on unscaled latents.
        var raw = new LatentScaling(config).Undo(encode(Cover(images, painted, black)));
        return scope.MoveToOuter(cat([raw, (mask * Real(2)) - Real(1)], dim: 1));
    }

    private static Tensor Cover(Tensor images, Tensor painted, double value) => (images * (Real(1) - painted)).Plus(painted * Real(value));
}
