using LdmMl.Generation;
using LdmMl.Internals;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Training;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Appends images that a trained diffusion model generates from the rows' seeds and labels.</summary>
/// <remarks>
/// In a chain after <see cref="LatentDiffusionTrainers.Autoencoder(AutoencoderEstimatorOptions)"/> the transformers before it read images. To generate from rows that have only
/// seeds and labels, take it alone: <c>chain.LastTransformer</c>.
/// </remarks>
public sealed class TrainedDiffusionTransformer : LatentDiffusionTransformer, IStoredTransformer<TrainedDiffusionTransformer>
{
    internal TrainedDiffusionTransformer(IHostEnvironment environment, LatentDiffusionModel model, GenerateImagesOptions options)
        : base(environment, nameof(TrainedDiffusionTransformer), model, options)
    {
    }

    /// <summary>Gets why the training ended.</summary>
    /// <value><see cref="TrainingOutcome.Completed"/> for a transformer that was loaded from a file.</value>
    public TrainingOutcome Outcome { get; internal init; }

    /// <summary>Gets the reports of the training's steps: about 1,000, the first and the last among them.</summary>
    /// <value>Empty for a transformer that was loaded from a file.</value>
    public IReadOnlyList<TrainingStep> History { get; internal init; } = [];

    static StoredModelKind IStoredTransformer<TrainedDiffusionTransformer>.Kind { get; }
        = new("LDM DIFF", "LdmMlTrainedDiffusion", StoredModelKind.WithConvolutions);

    internal override StoredModelKind StoredKind => StoredKindOf<TrainedDiffusionTransformer>();

    static TrainedDiffusionTransformer IStoredTransformer<TrainedDiffusionTransformer>.Read(IHostEnvironment environment, ModelReader reader)
    {
        var options = StoredGeneration.ReadOptions(reader);
        return StoredGeneration.ReadModel(reader, model => new TrainedDiffusionTransformer(environment, model, options));
    }

    /// <summary>Opens a handle on the trained model, to save it as a diffusers folder or to use it elsewhere.</summary>
    /// <returns>The handle; the caller disposes it.</returns>
    public LatentDiffusionModel OpenLatentDiffusion() => Model.Share();
}
