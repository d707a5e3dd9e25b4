using LdmMl.Autoencoders;
using LdmMl.Batching;
using LdmMl.Internals;
using LdmMl.Reconstruction;
using LdmMl.Schemas;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Appends what an autoencoder makes of images: opaque images of the same size.</summary>
/// <remarks>A missing image gives a null image. Images live until the cursor's next row: whoever keeps one copies it.</remarks>
public sealed class ReconstructImagesTransformer : AutoencoderTransformer, IStoredTransformer<ReconstructImagesTransformer>
{
    private readonly ReconstructImagesOptions options;

    internal ReconstructImagesTransformer(IHostEnvironment environment, AutoencoderModel autoencoder, ReconstructImagesOptions options)
        : base(environment, nameof(ReconstructImagesTransformer), autoencoder, options) =>
        this.options = options;

    static StoredModelKind IStoredTransformer<ReconstructImagesTransformer>.Kind { get; }
        = new("LDM RECO", "LdmMlReconstructImages", StoredModelKind.WithConvolutions);

    internal override StoredModelKind StoredKind => StoredKindOf<ReconstructImagesTransformer>();

    static ReconstructImagesTransformer IStoredTransformer<ReconstructImagesTransformer>.Read(IHostEnvironment environment, ModelReader reader)
    {
        var options = StoredOptions.ReadReconstruction(reader);
        return StoredAutoencoder.Read(reader, model => new ReconstructImagesTransformer(environment, model, options));
    }

    internal override RowColumns Columns => new ReconstructionColumns(Config, options);

    internal override BatchRunner ComputeBatches(DataViewRow input, IReadOnlyList<bool> activeOutputs, int capacity) =>
        new ReconstructionRunner(OpenModel(), input, options, capacity);

    private protected override void Write(ModelWriter writer)
    {
        StoredOptions.Write(writer, options with { Precision = Model.Precision, Convolutions = Model.Convolutions });
        WriteModel(writer);
    }
}
