using LdmMl.Autoencoders;
using LdmMl.Batching;
using LdmMl.Encoding;
using LdmMl.Internals;
using LdmMl.Reconstruction;
using LdmMl.Schemas;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Training;
using LdmMl.Torch.Training;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Appends what a trained autoencoder makes of images: latents of variance 1, reconstructions, or both.</summary>
/// <remarks>A missing image gives a vector of NaN and a null image.</remarks>
public sealed class TrainedAutoencoderTransformer : AutoencoderTransformer, IStoredTransformer<TrainedAutoencoderTransformer>
{
    private readonly TrainedColumns columns;

    internal TrainedAutoencoderTransformer(IHostEnvironment environment, AutoencoderModel autoencoder, TrainedColumns columns)
        : base(environment, nameof(TrainedAutoencoderTransformer), autoencoder, columns.Common) =>
        this.columns = columns;

    /// <summary>Gets why the training ended.</summary>
    /// <value><see cref="TrainingOutcome.Completed"/> for a transformer that was loaded from a file.</value>
    public TrainingOutcome Outcome { get; internal init; }

    /// <summary>Gets the reports of the training's steps: about 1,000, the first and the last among them.</summary>
    /// <value>Empty for a transformer that was loaded from a file.</value>
    public IReadOnlyList<TrainingStep> History { get; internal init; } = [];

    static StoredModelKind IStoredTransformer<TrainedAutoencoderTransformer>.Kind { get; }
        = new("LDM TRAI", "LdmMlTrainedAutoencoder", StoredModelKind.WithConvolutions);

    internal override StoredModelKind StoredKind => StoredKindOf<TrainedAutoencoderTransformer>();

    static TrainedAutoencoderTransformer IStoredTransformer<TrainedAutoencoderTransformer>.Read(IHostEnvironment environment, ModelReader reader)
    {
        var columns = TrainedColumns.Read(reader);
        return StoredAutoencoder.Read(reader, model => new TrainedAutoencoderTransformer(environment, model, columns));
    }

    /// <summary>Opens a handle on the trained autoencoder, to save it or to use it elsewhere.</summary>
    /// <returns>The handle; the caller disposes it.</returns>
    public AutoencoderModel OpenAutoencoder() => OpenModel();

    internal override RowColumns Columns => new TrainedOutputs(Config, columns, Model);

    internal override BatchRunner ComputeBatches(DataViewRow input, IReadOnlyList<bool> activeOutputs, int capacity)
    {
        var runners = new List<BatchRunner?>();
        if (columns.Latents is { } latents)
            runners.Add(activeOutputs[runners.Count] ? new EncodingRunner(OpenModel(), input, latents, capacity) : null);
        if (columns.Reconstructions is { } reconstructions)
            runners.Add(activeOutputs[runners.Count] ? new ReconstructionRunner(OpenModel(), input, reconstructions, capacity) : null);
        return new TrainedRunner(runners);
    }

    private protected override void Write(ModelWriter writer)
    {
        columns.Write(writer, Model.Convolutions);
        WriteModel(writer);
    }
}
