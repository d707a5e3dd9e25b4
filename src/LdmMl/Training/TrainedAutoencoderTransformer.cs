using LdmMl.Internals;
using LdmMl.Models;
using LdmMl.Rows;
using LdmMl.Schemas;
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
public sealed class TrainedAutoencoderTransformer
    : RowTransformer, IStoredTransformer<TrainedAutoencoderTransformer>, IModelHolder<AutoencoderModel>
{
    internal const string LoaderName = "LdmMlTrainedAutoencoder";

    private readonly HeldModel<AutoencoderModel> model;

    internal TrainedAutoencoderTransformer(IHostEnvironment environment, AutoencoderModel autoencoder, TrainedColumns trained)
        : base(environment, Kind, trained.Common.CancellationToken)
    {
        Trained = trained;
        model = new HeldModel<AutoencoderModel>(
            DeviceChoice.Open(autoencoder, trained.Common, environment), nameof(TrainedAutoencoderTransformer));
        Columns = new TrainedOutputs(autoencoder.Config, trained, Model);
        Computer = new BatchComputer(trained.Common.BatchSize, trained.Common.Prefetch, ThrowIfCanceled, CreateRunner);
    }

    /// <summary>Gets why the training ended.</summary>
    /// <value><see cref="TrainingOutcome.Completed"/> for a transformer that was loaded from a file.</value>
    public TrainingOutcome Outcome { get; internal init; }

    /// <summary>Gets the reports of the training's steps: about 1,000, the first and the last among them.</summary>
    /// <value>Empty for a transformer that was loaded from a file.</value>
    public IReadOnlyList<TrainingStep> History { get; internal init; } = [];

    internal static StoredModelKind Kind { get; } = new("LDM TRAI", LoaderName);

    static StoredModelKind IStoredTransformer<TrainedAutoencoderTransformer>.Kind => Kind;

    internal TrainedColumns Trained { get; }

    internal AutoencoderModel Model => model.Value;

    AutoencoderModel IModelHolder<AutoencoderModel>.Model => Model;

    internal override RowColumns Columns { get; }

    internal override RowComputer Computer { get; }

    static TrainedAutoencoderTransformer IStoredTransformer<TrainedAutoencoderTransformer>.Read(IHostEnvironment environment, ModelReader reader)
    {
        var columns = reader.ReadOptions(TrainedColumnsJson.Default.TrainedColumns, TrainedColumns.ReadPositional);
        return AutoencoderEntry.Read(reader, model => new TrainedAutoencoderTransformer(environment, model, columns));
    }

    /// <summary>Opens a handle on the trained autoencoder, to save it or to use it elsewhere.</summary>
    /// <returns>The handle; the caller disposes it.</returns>
    public AutoencoderModel OpenAutoencoder() => Model.Share();

    private TrainedRunner CreateRunner(DataViewRow input, IReadOnlyList<bool> activeOutputs)
    {
        var config = Model.Config;
        var runners = new List<BatchRunner?>();
        if (Trained.Latents is { } latents)
            runners.Add(activeOutputs[runners.Count] ? new EncodeImagesRunner(Model.Share(), input, new(config, latents), latents) : null);
        if (Trained.Reconstructions is { } images)
            runners.Add(activeOutputs[runners.Count] ? new ReconstructImagesRunner(Model.Share(), input, new(config, images), images) : null);
        return new TrainedRunner(runners);
    }

    private protected override void Write(ModelWriter writer)
    {
        writer.WriteOptions(Trained.With(Model.Precision, Model.Convolutions), TrainedColumnsJson.Default.TrainedColumns);
        AutoencoderEntry.Write(writer, Model);
    }

    private protected override void Dispose(bool disposing)
    {
        if (disposing)
            model.Dispose();
        base.Dispose(disposing);
    }
}
