using LdmMl.Evaluation;
using LdmMl.Files;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Models.Features;
using LdmMl.Torch.Models.Perceptual;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>
/// The trainers of latent diffusion and the evaluation of images. Available as
/// <see cref="LdmMlCatalog.LatentDiffusion"/>.
/// </summary>
/// <remarks>
/// Evaluation reads every data view once, row after row, with bounded memory. The same rows and settings give the same figures; the Fréchet
/// distance (FID) and the kernel distance (KID) agree to about 14 digits.
/// </remarks>
public sealed class LatentDiffusionCatalog
{
    private readonly MLContext context;
    private readonly IHostEnvironment environment;

    internal LatentDiffusionCatalog(MLContext context)
    {
        (this.context, environment) = (context, context);
        Trainers = new LatentDiffusionTrainers(context);
    }

    /// <summary>Gets the trainers.</summary>
    public LatentDiffusionTrainers Trainers { get; }

    /// <summary>Lists the images of a folder and its subfolders, as rows for <c>LoadImageFiles</c>.</summary>
    /// <param name="path">The folder. Hidden files and folders in it are skipped.</param>
    /// <param name="useFolderNameAsLabel">Whether the name of the folder in <paramref name="path"/> that contains an image is its label.</param>
    /// <param name="labelFile">
    /// A table with the label of each image, tab-, comma- or semicolon-separated; null for none. A first line with the names of the
    /// columns, such as <c>file,label</c>, is recognised.
    /// </param>
    /// <param name="labelColumn">The column of labels in the table; null for <c>label</c>, or the second column if there is none.</param>
    /// <returns>Rows with the columns <c>Path</c> and <c>Label</c>, text, ordered by name. Without labels, <c>Label</c> is empty.</returns>
    /// <exception cref="ArgumentException">Both kinds of labels are requested, or the table has no such column.</exception>
    /// <exception cref="IOException">There is no such folder or table, or the folder holds no image.</exception>
    /// <exception cref="InvalidDataException">An image has no label, or the table cannot be read.</exception>
    /// <example>
    /// <code>
    /// var data = mlContext.LatentDiffusion().LoadImageFolder("photos", useFolderNameAsLabel: true);       // photos/cats/1.jpg is labelled 'cats'
    /// var pipeline = mlContext.Transforms.LoadImageFiles("Image", "Path")
    ///     .Append(mlContext.Transforms.ResizeImagesAntialiased("Image", 64, 64))
    ///     .Append(mlContext.LatentDiffusion().Trainers.Diffusion("Image", "Label", autoencoder));
    /// </code>
    /// </example>
    public IDataView LoadImageFolder(string path, bool useFolderNameAsLabel = false, string? labelFile = null, string? labelColumn = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Check.That(
            !useFolderNameAsLabel || labelFile is null, labelFile, $"{nameof(useFolderNameAsLabel)} gives labels too, so leave one of them out");
        Check.That(labelColumn is null || labelFile is not null, labelColumn, $"there is no table of labels; give {nameof(labelFile)} too");
        var folder = ImageFolder.Open(nameof(path), new DirectoryInfo(path));
        var files = labelFile is not null
            ? LabelledFiles.Of(folder, LabelTable.Read(new FileInfo(labelFile), labelColumn))
            : useFolderNameAsLabel ? LabelledFiles.ByFolder(folder) : LabelledFiles.Without(folder);
        return context.Data.LoadFromEnumerable(files.Rows().ToList());
    }

    /// <summary>Measures how well a model reconstructs images.</summary>
    /// <param name="data">Originals and reconstructions.</param>
    /// <param name="referenceColumnName">The column of originals.</param>
    /// <param name="candidateColumnName">The column of reconstructions.</param>
    /// <param name="perceptualModel">What measures perceptual distances, or null; it remains the caller's.</param>
    /// <param name="featureModel">What describes images for the Fréchet distance (rFID with Inception), or null; it remains the caller's.</param>
    /// <param name="cancellationToken">Stops before the next row.</param>
    /// <returns>Means with 95 % confidence intervals.</returns>
    /// <exception cref="ArgumentException">A column is missing or holds something else, or no row has both images.</exception>
    /// <exception cref="InvalidDataException">The images of a row differ in size or are too small; the message names the row.</exception>
    /// <exception cref="OperationCanceledException">The cancellation token asked to stop.</exception>
    /// <example>
    /// <code>
    /// using var reconstruct = mlContext.Transforms.ReconstructImages("Reconstruction", autoencoder, "Image").Fit(data);
    /// var metrics = mlContext.LatentDiffusion().EvaluateReconstruction(reconstruct.Transform(data), "Image", "Reconstruction");
    /// Console.WriteLine(metrics);
    /// </code>
    /// </example>
    public ReconstructionMetrics EvaluateReconstruction(
        IDataView data,
        string referenceColumnName = "Image",
        string candidateColumnName = "Reconstruction",
        PerceptualModel? perceptualModel = null,
        FeatureModel? featureModel = null,
        CancellationToken cancellationToken = default)
    {
        var options = new ReconstructionEvaluationOptions
        {
            ReferenceColumnName = referenceColumnName,
            CandidateColumnName = candidateColumnName,
            PerceptualModel = perceptualModel,
            FeatureModel = featureModel,
        };
        return EvaluateReconstruction(data, options, cancellationToken);
    }

    /// <summary>Measures how well a model reconstructs images.</summary>
    /// <param name="data">Originals and reconstructions.</param>
    /// <param name="options">Columns, models and settings.</param>
    /// <param name="cancellationToken">Stops before the next row.</param>
    /// <returns>Means with confidence intervals.</returns>
    /// <exception cref="ArgumentException">An option is wrong, a column is missing or holds something else, or no row has both images.</exception>
    /// <exception cref="InvalidDataException">The images of a row differ in size or are too small; the message names the row.</exception>
    /// <exception cref="OperationCanceledException">The cancellation token asked to stop.</exception>
    public ReconstructionMetrics EvaluateReconstruction(
        IDataView data, ReconstructionEvaluationOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var report = new EvaluationReport(environment, nameof(EvaluateReconstruction), options.Progress, cancellationToken);
        var metrics = Measure(data, options, report).ToMetrics(options.Bootstrap);
        report.Warn(metrics.Warnings);
        return metrics;
    }

    /// <summary>
    /// Measures one part of a data set, for <see cref="ReconstructionStatistics.Merge"/> with others: parts merged in order give the same result as a
    /// single run.
    /// </summary>
    /// <param name="data">Originals and reconstructions.</param>
    /// <param name="options">Columns, models and settings.</param>
    /// <param name="cancellationToken">Stops before the next row.</param>
    /// <returns>The scores of the rows.</returns>
    /// <exception cref="ArgumentException">An option is wrong, or a column is missing or holds something else.</exception>
    /// <exception cref="InvalidDataException">The images of a row differ in size or are too small; the message names the row.</exception>
    /// <exception cref="OperationCanceledException">The cancellation token asked to stop.</exception>
    /// <example>
    /// <code>
    /// var evaluation = mlContext.LatentDiffusion();
    /// var options = new ReconstructionEvaluationOptions();
    /// var statistics = evaluation.MeasureReconstruction(mlContext.Data.TakeRows(data, 1000), options);
    /// statistics.Merge(evaluation.MeasureReconstruction(mlContext.Data.SkipRows(data, 1000), options));
    /// var metrics = statistics.ToMetrics();
    /// </code>
    /// </example>
    public ReconstructionStatistics MeasureReconstruction(
        IDataView data, ReconstructionEvaluationOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var report = new EvaluationReport(environment, nameof(MeasureReconstruction), options.Progress, cancellationToken);
        return Measure(data, options, report);
    }

    /// <summary>Compares generated images with real ones using a column of features, any vectors of Single.</summary>
    /// <param name="real">The features of real images.</param>
    /// <param name="generated">The features of generated images, of the same length.</param>
    /// <param name="featureColumnName">The column of features in both.</param>
    /// <param name="cancellationToken">Stops before the next row.</param>
    /// <returns>Fréchet distance, kernel distance, precision, recall, density and coverage.</returns>
    /// <exception cref="ArgumentException">A column is missing or holds something else, the lengths differ, or a set has no rows.</exception>
    /// <exception cref="OperationCanceledException">The cancellation token asked to stop.</exception>
    public GenerationMetrics EvaluateGeneration(
        IDataView real, IDataView generated, string featureColumnName = "Features", CancellationToken cancellationToken = default) =>
        EvaluateGeneration(real, generated, new GenerationEvaluationOptions { FeatureColumnName = featureColumnName }, cancellationToken);

    /// <summary>Compares generated images with real ones.</summary>
    /// <param name="real">The real images.</param>
    /// <param name="generated">The generated images.</param>
    /// <param name="imageColumnName">The column of images in both.</param>
    /// <param name="featureModel">What describes the images; it remains the caller's. The Fréchet distance is FID only with Inception.</param>
    /// <param name="cancellationToken">Stops before the next row.</param>
    /// <returns>Fréchet distance, kernel distance, precision, recall, density and coverage.</returns>
    /// <exception cref="ArgumentException">A column is missing or holds something else, or a set has no images.</exception>
    /// <exception cref="OperationCanceledException">The cancellation token asked to stop.</exception>
    /// <example>
    /// <code>
    /// using var inception = FeatureModel.Load("pt_inception-2015-12-05-6726825d.pth");
    /// var real = mlContext.Transforms.LoadImageFiles("Image", "Path").Fit(data).Transform(data);
    /// var rows = mlContext.Data.LoadFromEnumerable(Enumerable.Range(0, 10_000).Select(seed => new { Seed = seed }));
    /// using var generate = mlContext.Transforms.GenerateImages("Image", model).Fit(rows);
    /// var metrics = mlContext.LatentDiffusion().EvaluateGeneration(real, generate.Transform(rows), "Image", inception);
    /// Console.WriteLine(metrics);
    /// </code>
    /// </example>
    public GenerationMetrics EvaluateGeneration(
        IDataView real, IDataView generated, string imageColumnName, FeatureModel featureModel, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(featureModel);
        var options = new GenerationEvaluationOptions { ImageColumnName = imageColumnName, FeatureModel = featureModel };
        return EvaluateGeneration(real, generated, options, cancellationToken);
    }

    /// <summary>Compares generated images with real ones.</summary>
    /// <param name="real">The real images, or their features.</param>
    /// <param name="generated">The generated images, or their features.</param>
    /// <param name="options">Columns, model and settings.</param>
    /// <param name="cancellationToken">Stops before the next row.</param>
    /// <returns>Fréchet distance, kernel distance, precision, recall, density and coverage.</returns>
    /// <exception cref="ArgumentException">An option is wrong, a column is missing or holds something else, or a set has no rows.</exception>
    /// <exception cref="OperationCanceledException">The cancellation token asked to stop.</exception>
    public GenerationMetrics EvaluateGeneration(
        IDataView real, IDataView generated, GenerationEvaluationOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(generated);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        using var report = new EvaluationReport(environment, nameof(EvaluateGeneration), options.Progress, cancellationToken);
        var reader = new FeatureSetReader(options, report);
        return EvaluateGeneration(reader.Read(real), reader.Read(generated), options);
    }

    /// <summary>Compares two sets that were read before, in one run or in several that were merged.</summary>
    /// <param name="real">The real images.</param>
    /// <param name="generated">The generated images.</param>
    /// <param name="options">Settings of the metrics; null for the defaults.</param>
    /// <returns>Fréchet distance, kernel distance, precision, recall, density and coverage.</returns>
    /// <exception cref="ArgumentException">An option is wrong, the features differ, or a set has no rows.</exception>
    public GenerationMetrics EvaluateGeneration(
        FeatureSetStatistics real, FeatureSetStatistics generated, GenerationEvaluationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(generated);
        options ??= new GenerationEvaluationOptions();
        options.Validate();
        using var report = new EvaluationReport(environment, nameof(EvaluateGeneration), progress: null, CancellationToken.None);
        var metrics = GenerationComparison.Compare(real, generated, options);
        report.Warn(metrics.Warnings);
        return metrics;
    }

    /// <summary>
    /// Reads one set, or a part of it for <see cref="FeatureSetStatistics.Merge"/>: merged parts agree with a single run to 12 digits or more.
    /// </summary>
    /// <param name="data">Images or features.</param>
    /// <param name="options">Column, model, capacity of the sample and seed.</param>
    /// <param name="cancellationToken">Stops before the next row.</param>
    /// <returns>The statistics of the features.</returns>
    /// <exception cref="ArgumentException">An option is wrong, or the column is missing or holds something else.</exception>
    /// <exception cref="OperationCanceledException">The cancellation token asked to stop.</exception>
    /// <example>
    /// <code>
    /// var evaluation = mlContext.LatentDiffusion();
    /// var options = new GenerationEvaluationOptions { FeatureColumnName = "Features" };
    /// var real = evaluation.MeasureFeatures(mlContext.Data.TakeRows(data, 1000), options);
    /// var generated = evaluation.MeasureFeatures(mlContext.Data.SkipRows(data, 1000), options);
    /// var metrics = evaluation.EvaluateGeneration(real, generated, options);
    /// </code>
    /// </example>
    public FeatureSetStatistics MeasureFeatures(IDataView data, GenerationEvaluationOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        using var report = new EvaluationReport(environment, nameof(MeasureFeatures), options.Progress, cancellationToken);
        return new FeatureSetReader(options, report).Read(data);
    }

    /// <summary>Describes images for a receiver of every row.</summary>
    internal void DescribeImages(IDataView data, GenerationEvaluationOptions options, IFeatureRows rows, CancellationToken cancellationToken)
    {
        using var report = new EvaluationReport(environment, nameof(MeasureFeatures), options.Progress, cancellationToken);
        new FeatureSetReader(options, report).Describe(data, options.FeatureModel!, rows);
    }

    private static ReconstructionStatistics Measure(IDataView data, ReconstructionEvaluationOptions options, EvaluationReport report)
    {
        ArgumentNullException.ThrowIfNull(data);
        options.Validate();
        return new ReconstructionReader(options, report).Read(data);
    }
}
