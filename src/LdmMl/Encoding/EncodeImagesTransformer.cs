using LdmMl.Autoencoders;
using LdmMl.Batching;
using LdmMl.Encoding;
using LdmMl.Internals;
using LdmMl.Schemas;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Appends the latents of images: Vector&lt;Single, C, H, W&gt;, scaled to about unit variance.</summary>
/// <remarks>A missing image gives a vector of NaN.</remarks>
public sealed class EncodeImagesTransformer : AutoencoderTransformer, IStoredTransformer<EncodeImagesTransformer>
{
    private readonly EncodeImagesOptions options;

    internal EncodeImagesTransformer(IHostEnvironment environment, AutoencoderModel autoencoder, EncodeImagesOptions options)
        : base(environment, nameof(EncodeImagesTransformer), autoencoder, options) =>
        this.options = options;

    static StoredModelKind IStoredTransformer<EncodeImagesTransformer>.Kind { get; }
        = new("LDM ENCO", "LdmMlEncodeImages", StoredModelKind.WithConvolutions);

    internal override StoredModelKind StoredKind => StoredKindOf<EncodeImagesTransformer>();

    static EncodeImagesTransformer IStoredTransformer<EncodeImagesTransformer>.Read(IHostEnvironment environment, ModelReader reader)
    {
        var options = StoredOptions.ReadEncoding(reader) with { SeedColumnName = reader.ReadOptionalString() };
        return StoredAutoencoder.Read(reader, model => new EncodeImagesTransformer(environment, model, options));
    }

    internal override RowColumns Columns => new EncodingColumns(Config, options);

    internal override BatchRunner ComputeBatches(DataViewRow input, IReadOnlyList<bool> activeOutputs, int capacity) =>
        new EncodingRunner(OpenModel(), input, options, capacity);

    private protected override void Write(ModelWriter writer)
    {
        StoredOptions.Write(writer, options with { Precision = Model.Precision, Convolutions = Model.Convolutions });
        writer.WriteOptional(options.SeedColumnName);
        WriteModel(writer);
    }
}
