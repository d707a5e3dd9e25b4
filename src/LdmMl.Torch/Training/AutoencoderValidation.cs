using System.Runtime.InteropServices;
using LdmMl.Torch.Metrics;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training.Streaming;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>Reconstructs validation images and measures the errors.</summary>
internal static class AutoencoderValidation
{
    public static ReconstructionValidation Measure(AutoencoderModel model, IImageSet images, TrainingOptions options, int step)
    {
        var range = model.Config.PixelRange == PixelRange.ZeroToOne ? 1.0 : 2.0;
        var (absolute, psnr) = (0.0, 0.0);
        using var reader = ImageReader.Of(
            images, model.Config.PixelRange, ImageReader.InOrder(images, options.BatchSize), options.ReaderThreads);
        for (var read = 0; read < images.Count; read += options.BatchSize)
        {
            using var scope = NewDisposeScope();
            var batch = reader.Next();                           // [B, C, H, W]
            var reconstructions = Reconstruct(model, batch, step).to(CPU);
            absolute += (batch - reconstructions).abs().sum(ScalarType.Float64).Read<double>() / batch[0].numel();
            for (var i = 0; i < batch.shape[0]; i++)
                psnr += Psnr.Compute(Values(batch, i), Values(reconstructions, i), range);
        }

        return new ReconstructionValidation(step, absolute / range / images.Count, psnr / images.Count);
    }

    private static Tensor Reconstruct(AutoencoderModel model, Tensor batch, int step)
    {
        try
        {
            using var input = batch.to(model.Device);
            return model.Reconstruct(input);
        }
        catch (NonFiniteException failure)
        {
            throw new TrainingDivergedException(step, failure.Module, $"while validating: {failure.Message}");
        }
    }

    private static ReadOnlySpan<float> Values(Tensor batch, int row)
    {
        var values = MemoryMarshal.Cast<byte, float>(batch.bytes);
        var size = values.Length / (int)batch.shape[0];
        return values.Slice(row * size, size);
    }
}
