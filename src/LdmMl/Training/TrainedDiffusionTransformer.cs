using LdmMl.Internals;
using LdmMl.Models;
using LdmMl.Rows;
using LdmMl.Schemas;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Training;
using LdmMl.Transforms.Generate;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Generates images with a trained diffusion model from the rows' seeds and labels.</summary>
/// <remarks>
/// In a chain after <see cref="LatentDiffusionTrainers.Autoencoder(AutoencoderEstimatorOptions)"/> the transformers before it read images. To generate
/// from rows that have only seeds and labels, take it alone: <c>chain.LastTransformer</c>.
/// </remarks>
public sealed class TrainedDiffusionTransformer
    : RowTransformer, IStoredTransformer<TrainedDiffusionTransformer>, IModelHolder<LatentDiffusionModel>
{
    internal const string LoaderName = "LdmMlTrainedDiffusion";

    private readonly ImageGenerator generator;

    internal TrainedDiffusionTransformer(IHostEnvironment environment, LatentDiffusionModel model, GenerateImagesOptions options)
        : base(environment, Kind, options.CancellationToken) =>
        generator = new ImageGenerator(environment, model, options, nameof(TrainedDiffusionTransformer), ThrowIfCanceled);

    /// <summary>Gets why the training ended.</summary>
    /// <value><see cref="TrainingOutcome.Completed"/> for a transformer that was loaded from a file.</value>
    public TrainingOutcome Outcome { get; internal init; }

    /// <summary>Gets the reports of the training's steps: about 1,000, the first and the last among them.</summary>
    /// <value>Empty for a transformer that was loaded from a file.</value>
    public IReadOnlyList<TrainingStep> History { get; internal init; } = [];

    internal static StoredModelKind Kind { get; } = new("LDM DIFF", LoaderName);

    static StoredModelKind IStoredTransformer<TrainedDiffusionTransformer>.Kind => Kind;

    internal GenerateImagesOptions Options => generator.Options;

    internal LatentDiffusionModel Model => generator.Model;

    LatentDiffusionModel IModelHolder<LatentDiffusionModel>.Model => Model;

    internal override RowColumns Columns => generator.Columns;

    internal override RowComputer Computer => generator.Computer;

    static TrainedDiffusionTransformer IStoredTransformer<TrainedDiffusionTransformer>.Read(IHostEnvironment environment, ModelReader reader) =>
        ImageGenerator.Read(reader, (model, options) => new TrainedDiffusionTransformer(environment, model, options));

    /// <summary>Opens a handle on the trained model, to save it as a diffusers folder or to use it elsewhere.</summary>
    /// <returns>The handle; the caller disposes it.</returns>
    public LatentDiffusionModel OpenLatentDiffusion() => Model.Share();

    private protected override void Write(ModelWriter writer) => generator.Write(writer);

    private protected override void Dispose(bool disposing)
    {
        if (disposing)
            generator.Dispose();
        base.Dispose(disposing);
    }
}
