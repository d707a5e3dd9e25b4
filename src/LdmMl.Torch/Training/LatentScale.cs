using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Training.Streaming;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>
/// Measures the scale that gives latents variance 1 (CompVis <c>scale_by_std</c>): 1 / the standard deviation of all values together, unbiased, in
/// double precision. Both trainers measure it this way, on the same images.
/// </summary>
/// <remarks>
/// The reference measures the first batch. Here up to 1,024 images count, evenly spread over the set, so that the order of the images does not
/// matter. If a diffusion model is trained on samples of posteriors, their variance counts too, as in the reference; for the means to which an
/// autoencoder otherwise encodes to, it does not. With a Kullback-Leibler weight of 1e-6 the two differ by less than a percent.
/// </remarks>
internal sealed class LatentScale
{
    // Each image has thousands of values, so more images would not change the result.
    private const int MostImages = 1024, BatchSize = 16;

    // A deviation below this is rounding: such latents are constant and have no scale.
    private const double SmallestDeviation = 1e-12;

    private long values;
    private double sum, squares;

    /// <summary>Gets the standard deviation of the values so far.</summary>
    public double Deviation => Math.Sqrt(Math.Max(0, (squares - (sum * sum / values)) / Math.Max(1, values - 1)));

    /// <summary>Gets whether the values vary at all.</summary>
    public bool IsDefined => Deviation > SmallestDeviation;

    /// <summary>Chooses the images that count.</summary>
    public static IEnumerable<long> RowsOf(int images)
    {
        var count = Math.Min(images, MostImages);
        return Enumerable.Range(0, count).Select(i => (long)i * images / count);
    }

    /// <summary>Measures the scale of an autoencoder on images; returns its current scale if their latents are constant.</summary>
    public static double Measure(AutoencoderModel model, IImageSet images, int threads)
    {
        using var unscaled = model.WithLatentScale(1.0);
        var measured = new LatentScale();
        var batches = RowsOf(images.Count).Chunk(BatchSize).ToArray();
        using var reader = ImageReader.Of(images, model.Config.PixelRange, batches, threads);
        foreach (var _ in batches)
        {
            using var scope = NewDisposeScope();
            measured.Add(unscaled.Encode(reader.Next().to(model.Device)));
        }

        return measured.IsDefined ? 1 / measured.Deviation : model.Config.LatentScale;
    }

    /// <summary>Adds latents.</summary>
    /// <param name="latents">Latents of any shape.</param>
    /// <param name="deviations">The standard deviations of their posteriors, if samples of them are trained on; null otherwise.</param>
    public void Add(Tensor latents, Tensor? deviations = null)
    {
        using var scope = NewDisposeScope();
        var exact = latents.to(ScalarType.Float64);
        values += exact.numel();
        sum += exact.sum().Read<double>();
        squares += exact.pow(Whole(2)).sum().Read<double>() + (deviations?.pow(Whole(2)).sum(ScalarType.Float64).Read<double>() ?? 0);
    }
}
