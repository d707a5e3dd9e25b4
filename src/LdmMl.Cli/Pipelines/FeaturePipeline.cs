using LdmMl.Evaluation;
using LdmMl.Files;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Cli.Pipelines;

/// <summary>Load, resize where a size is given, describe by a feature model.</summary>
internal sealed record FeaturePipeline
{
    public required GenerationEvaluationOptions Options { get; init; }

    /// <summary>Gets the side of the square that images are brought to; null leaves sizes to the feature model.</summary>
    public int? Size { get; init; }

    public ImageFit Fit { get; init; } = ImageFit.CropToFill;

    /// <summary>Gets the most pixels that an image may have.</summary>
    public long MaximumPixels { get; init; } = ImageFile.DefaultMaximumPixels;

    /// <summary>Describes a set of images, one after the other, in bounded memory.</summary>
    /// <param name="files">The files.</param>
    /// <param name="progress">Gets the read share.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="InvalidDataException">An image cannot be read or described; the message names its file.</exception>
    public FeatureSetStatistics Run(string[] files, Action<double, string> progress, CancellationToken cancellation)
    {
        FeatureSetStatistics? statistics = null;
        Use(files, progress, (context, view) => statistics = context.LatentDiffusion().MeasureFeatures(view, Options), cancellation);
        return statistics!;
    }

    /// <summary>Describes a set of images for a receiver of every row.</summary>
    /// <inheritdoc cref="Run"/>
    public void Describe(string[] files, IFeatureRows rows, Action<double, string> progress, CancellationToken cancellation) =>
        Use(files, progress, (context, view) => context.LatentDiffusion().DescribeImages(view, Options, rows, cancellation), cancellation);

    private void Use(string[] files, Action<double, string> progress, Action<MLContext, IDataView> use, CancellationToken cancellation)
    {
        var context = new MLContext();
        var data = context.Data.LoadFromEnumerable(Rows(files, progress, cancellation));
        using var transformer = (IDisposable)Chain(context).Fit(data);
        var view = ((ITransformer)transformer).Transform(data);
        FileNames.InTerms(files, () => use(context, view));
    }

    private static IEnumerable<ImageRow> Rows(string[] files, Action<double, string> progress, CancellationToken cancellation)
    {
        for (var row = 0; row < files.Length; row++)
        {
            cancellation.ThrowIfCancellationRequested();
            progress((double)row / files.Length, $"{row} of {files.Length}");
            yield return new ImageRow { Path = files[row] };
        }
    }

    private IEstimator<ITransformer> Chain(MLContext context)
    {
        var chain = new EstimatorChain<ITransformer>().Append(context.Transforms.LoadImageFiles(new LoadImageFilesOptions
        {
            OutputColumnName = Options.ImageColumnName,
            InputColumnName = nameof(ImageRow.Path),
            MaximumPixels = MaximumPixels,
        }));
        return Size is not { } size
            ? chain
            : chain.Append(context.Transforms.ResizeImagesAntialiased(
                new ResizeImagesOptions { OutputColumnName = Options.ImageColumnName, ImageWidth = size, ImageHeight = size, Fit = Fit }));
    }
}
