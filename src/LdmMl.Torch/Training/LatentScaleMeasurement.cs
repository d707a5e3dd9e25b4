using LdmMl.Torch.Models.Autoencoders;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>Measures the scale that gives latents variance 1 (CompVis <c>scale_by_std</c>, there from one batch).</summary>
internal static class LatentScaleMeasurement
{
    // Each image brings thousands of values, so more images would not move the figure.
    private const int MostImages = 1024;
    private const int BatchSize = 16;

    /// <summary>Computes 1 / standard deviation of the unscaled latents of the images, of at most 1,024 of them evenly spread.</summary>
    public static double Measure(AutoencoderModel model, IImageSet images)
    {
        using var unscaled = model.WithLatentScale(1.0);
        var count = Math.Min(images.Count, MostImages);
        var (values, sum, squares) = (0L, 0.0, 0.0);
        foreach (var indices in Enumerable.Range(0, count).Select(i => (long)i * images.Count / count).Chunk(BatchSize))
        {
            using var scope = NewDisposeScope();
            var batch = BatchReader.Read(images, model.Config.PixelRange, indices).to(model.Device);
            var latents = unscaled.Encode(batch).to(ScalarType.Float64);
            values += latents.numel();
            sum += latents.sum().Read<double>();
            squares += latents.pow(Whole(2)).sum().Read<double>();
        }

        var variance = (squares - (sum * sum / values)) / Math.Max(1, values - 1);

        // Latents that never change have no scale; they keep theirs.
        return variance > 1e-24 ? 1 / Math.Sqrt(variance) : model.Config.LatentScale;
    }
}
