using LdmMl.Cli.Pipelines;
using LdmMl.Files;

namespace LdmMl.Cli.Comparing;

/// <summary>
/// Both models reconstruct the same images, one after the other; of an image only its scores stay, and of the extreme ones small pictures.
/// </summary>
internal sealed record ImageMeasurement
{
    /// <summary>Gets A's pipeline.</summary>
    public required ReconstructionPipeline First { get; init; }

    /// <summary>Gets B's pipeline: the same but for the model.</summary>
    public required ReconstructionPipeline Second { get; init; }

    /// <summary>Gets the perceptual distance, or null for none.</summary>
    public PerceptualScore? Perceptual { get; init; }

    /// <summary>Gets how many of the worst and of the best images are kept as pictures.</summary>
    public required int Examples { get; init; }

    /// <summary>Gets the metrics, in the order of the scores.</summary>
    public IReadOnlyList<Metric> Metrics => Perceptual is null
        ? [Metric.Psnr, Metric.Ssim, Metric.MeanAbsoluteError]
        : [Metric.Psnr, Metric.Ssim, Metric.MeanAbsoluteError, Perceptual.Metric];

    /// <summary>Gets the index of the metric by which worst and best are chosen: what eyes see, where it is measured.</summary>
    public int Ranking => Perceptual is null ? 0 : Metrics.Count - 1;

    /// <summary>Measures image files.</summary>
    /// <param name="folder">The images.</param>
    /// <param name="report">Gets the done share and what to say about it.</param>
    /// <param name="cancellation">Ends the loop between two images; what is finished is returned.</param>
    public MeasuredImages Run(ImageFolder folder, Action<double, string> report, CancellationToken cancellation)
    {
        var files = folder.Paths;
        var scores = new List<ImageScores>();
        var (worst, best) = (new ExtremeImages(Examples), new ExtremeImages(Examples));
        var ranking = Ranking;
        foreach (var (first, second) in First.Run(files).Zip(Second.Run(files)))
        {
            var (original, one, other) = Take(first, second);
            var image = Score(folder.NameOf(first.Path), first, second, original, one, other);
            scores.Add(image);
            var worsening = Metrics[ranking].Worsening(image.First[ranking], image.Second[ranking]);
            worst.Offer(worsening, () => ExampleImage.Of(image, original, one, other));
            best.Offer(-worsening, () => ExampleImage.Of(image, original, one, other));
            report((double)scores.Count / files.Length, $"{scores.Count} of {files.Length}");
            if (cancellation.IsCancellationRequested)
                break;
        }
        return new(scores, Metrics[ranking], worst.Images, best.Images, files.Length + folder.LeftOut, !cancellation.IsCancellationRequested);
    }

    private ImageScores Score(
        string name, ReconstructedImage first, ReconstructedImage second, RgbImage original, RgbImage one, RgbImage other)
    {
        double[] ofFirst = [first.Psnr, first.Ssim, original.MeanAbsoluteError(one)];
        double[] ofSecond = [second.Psnr, second.Ssim, original.MeanAbsoluteError(other)];
        if (Perceptual is not null)
        {
            var (distance, otherDistance) = Perceptual.Distances(first.Path, original, one, other);
            (ofFirst, ofSecond) = ([.. ofFirst, distance], [.. ofSecond, otherDistance]);
        }
        return new(name, ofFirst, ofSecond);
    }

    private static (RgbImage Original, RgbImage One, RgbImage Other) Take(ReconstructedImage first, ReconstructedImage second)
    {
        using (first.Original)
        using (first.Reconstruction)
        using (second.Original)
        using (second.Reconstruction)
            return (RgbImage.Of(first.Original), RgbImage.Of(first.Reconstruction), RgbImage.Of(second.Reconstruction));
    }
}
