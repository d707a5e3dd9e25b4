using LdmMl.Internals;
using LdmMl.Models;
using LdmMl.Rows;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Training;
using LdmMl.Transforms;
using LdmMl.Transforms.Generate;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Generates images with a trained diffusion model from the rows' seeds and labels.</summary>
/// <remarks>
/// In a chain after <see cref="LatentDiffusionTrainers.Autoencoder(AutoencoderEstimatorOptions)"/> the transformers before it read images. To
/// generate
/// from rows that have only seeds and labels, use only this one: <c>chain.LastTransformer</c>.
/// </remarks>
public sealed class TrainedDiffusionTransformer : ModelTransformer<LatentDiffusionModel>, IStoredTransformer<TrainedDiffusionTransformer>
{
    internal const string LoaderName = "LdmMlTrainedDiffusion";

    internal TrainedDiffusionTransformer(IHostEnvironment environment, LatentDiffusionModel model, GenerateImagesOptions options)
        : base(environment, StoredModelKind.Of<TrainedDiffusionTransformer>(), model, options, held => GenerateImagesTransformer.ColumnsOf(held, options)) =>
        Options = options;

    /// <summary>Gets why the training ended.</summary>
    /// <value><see cref="TrainingOutcome.Completed"/> for a transformer that was loaded from a file.</value>
    public TrainingOutcome Outcome { get; internal init; }

    /// <summary>Gets the reports of the training's steps: about 1,000, the first and the last among them.</summary>
    /// <value>Empty for a transformer that was loaded from a file.</value>
    public IReadOnlyList<TrainingStep> History { get; internal init; } = [];

    /// <summary>Gets the LoRA that was trained, to be saved as a file of its own; the model of this transformer has it merged into its weights.</summary>
    /// <value>Null unless <see cref="DiffusionTrainingOptions.Lora"/> asked for one, and for a transformer that was loaded from a file.</value>
    public TrainedLora? Lora { get; internal init; }

    static StoredModelKind IStoredTransformer<TrainedDiffusionTransformer>.Kind { get; } = new("LDM DIFF", LoaderName);

    internal GenerateImagesOptions Options { get; }

    static TrainedDiffusionTransformer IStoredTransformer<TrainedDiffusionTransformer>.Read(IHostEnvironment environment, ModelReader reader)
    {
        var options = reader.ReadOptions(OptionsJson.Default.GenerateImagesOptions, PositionalOptions.ReadGeneration);
        return LatentDiffusionEntry.Read(reader, model => new TrainedDiffusionTransformer(environment, model, options));
    }

    /// <summary>Opens a handle to the trained model, to save it as a diffusers folder or to use it elsewhere.</summary>
    /// <returns>The handle; the caller disposes it.</returns>
    public LatentDiffusionModel OpenLatentDiffusion() => Model.Share();

    private protected override BatchRunner CreateRunner(DataViewRow input, IReadOnlyList<bool> activeOutputs) =>
        new GenerateImagesRunner(Model.Share(), input, Options, activeOutputs, ThrowIfCanceled);

    private protected override void Write(ModelWriter writer)
    {
        writer.WriteOptions(AsRun(Options), OptionsJson.Default.GenerateImagesOptions);
        LatentDiffusionEntry.Write(writer, Model);
    }
}
