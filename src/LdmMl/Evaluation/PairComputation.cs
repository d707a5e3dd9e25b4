using LdmMl.Torch.Metrics;
using LdmMl.Torch.Tensors;

namespace LdmMl.Evaluation;

/// <summary>Computes the pixel metrics of several pairs of images at once.</summary>
internal static class PairComputation
{
    /// <summary>Measures the pairs of two batches of the same length.</summary>
    public static PairMeasures[] Of(PixelBatch references, PixelBatch candidates, ReconstructionEvaluationOptions options)
    {
        var measures = new PairMeasures[references.Count];
        Parallel.For(0, measures.Length, slot =>
            measures[slot] = Of(references.Pixels(slot), candidates.Pixels(slot), references.Size(slot), options));
        return measures;
    }

    private static PairMeasures Of(
        ReadOnlySpan<byte> reference, ReadOnlySpan<byte> candidate, ImageSize size, ReconstructionEvaluationOptions options) => new(
        AbsoluteError(reference, candidate) / 255,
        Psnr.MeanSquaredError(reference, candidate) / (255 * 255),
        Psnr.Compute(reference, candidate),
        Ssim.Compute(reference, candidate, size.Width, size.Height, channels: 3, options.Ssim),
        Math.Min(size.Width, size.Height) < MsSsim.MinimumSize(options.MsSsim)
            ? null
            : MsSsim.Compute(reference, candidate, size.Width, size.Height, channels: 3, options.MsSsim));

    private static double AbsoluteError(ReadOnlySpan<byte> reference, ReadOnlySpan<byte> candidate)
    {
        long sum = 0;
        for (var i = 0; i < reference.Length; i++)
            sum += Math.Abs(reference[i] - candidate[i]);
        return (double)sum / reference.Length;
    }
}
