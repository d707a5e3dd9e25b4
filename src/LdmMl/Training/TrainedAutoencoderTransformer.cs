using LdmMl.Internals;
using LdmMl.Models;
using LdmMl.Rows;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Training;
using LdmMl.Training;
using LdmMl.Transforms.Encode;
using LdmMl.Transforms.Reconstruct;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Encodes and reconstructs images with a trained autoencoder: appends latents of variance 1, reconstructions, or both.</summary>
/// <remarks>A missing image gives a vector of NaN and a null image.</remarks>
public sealed class TrainedAutoencoderTransformer : ModelTransformer<AutoencoderModel>, IStoredTransformer<TrainedAutoencoderTransformer>
{
    internal const string LoaderName = "LdmMlTrainedAutoencoder";

    internal TrainedAutoencoderTransformer(IHostEnvironment environment, AutoencoderModel autoencoder, TrainedColumns trained)
        : base(
            environment, StoredModelKind.Of<TrainedAutoencoderTransformer>(), autoencoder, trained.Common,
            model => new TrainedOutputs(autoencoder.Config, trained, model)) =>
        Trained = trained;

    /// <summary>Gets why the training ended.</summary>
    /// <value><see cref="TrainingOutcome.Completed"/> for a transformer that was loaded from a file.</value>
    public TrainingOutcome Outcome { get; internal init; }

    /// <summary>Gets the reports of the training's steps: about 1,000, the first and the last among them.</summary>
    /// <value>Empty for a transformer that was loaded from a file.</value>
    public IReadOnlyList<TrainingStep> History { get; internal init; } = [];

    static StoredModelKind IStoredTransformer<TrainedAutoencoderTransformer>.Kind { get; } = new("LDM TRAI", LoaderName);

    internal TrainedColumns Trained { get; }

    static TrainedAutoencoderTransformer IStoredTransformer<TrainedAutoencoderTransformer>.Read(IHostEnvironment environment, ModelReader reader)
    {
        var columns = reader.ReadOptions(TrainedColumnsJson.Default.TrainedColumns, TrainedColumns.ReadPositional);
        return AutoencoderEntry.Read(reader, model => new TrainedAutoencoderTransformer(environment, model, columns));
    }

    /// <summary>Opens a handle to the trained autoencoder, to save it or to use it elsewhere.</summary>
    /// <returns>The handle; the caller disposes it.</returns>
    public AutoencoderModel OpenAutoencoder() => Model.Share();

    private protected override BatchRunner CreateRunner(DataViewRow input, IReadOnlyList<bool> activeOutputs)
    {
        var runners = new List<BatchRunner?>();
        if (Trained.Latents is { } latents)
            runners.Add(activeOutputs[runners.Count] ? new EncodeImagesRunner(Model.Share(), input, latents) : null);
        if (Trained.Reconstructions is { } images)
            runners.Add(activeOutputs[runners.Count] ? new ReconstructImagesRunner(Model.Share(), input, images) : null);
        return new TrainedRunner(runners);
    }

    private protected override void Write(ModelWriter writer)
    {
        writer.WriteOptions(Trained.With(Model.Precision, Model.Convolutions), TrainedColumnsJson.Default.TrainedColumns);
        AutoencoderEntry.Write(writer, Model);
    }
}
