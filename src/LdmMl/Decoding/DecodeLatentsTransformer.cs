using LdmMl.Autoencoders;
using LdmMl.Batching;
using LdmMl.Decoding;
using LdmMl.Internals;
using LdmMl.Schemas;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Appends the images that latents decode to.</summary>
/// <remarks>
/// A latent that holds NaN is missing: it gives a null image. Images live until the cursor's next row: whoever keeps one copies it.
/// </remarks>
public sealed class DecodeLatentsTransformer : AutoencoderTransformer, IStoredTransformer<DecodeLatentsTransformer>
{
    private readonly DecodeLatentsOptions options;

    internal DecodeLatentsTransformer(IHostEnvironment environment, AutoencoderModel autoencoder, DecodeLatentsOptions options)
        : base(environment, nameof(DecodeLatentsTransformer), autoencoder, options) =>
        this.options = options;

    static StoredModelKind IStoredTransformer<DecodeLatentsTransformer>.Kind { get; }
        = new("LDM DECO", "LdmMlDecodeLatents", StoredModelKind.WithConvolutions);

    internal override StoredModelKind StoredKind => StoredKindOf<DecodeLatentsTransformer>();

    static DecodeLatentsTransformer IStoredTransformer<DecodeLatentsTransformer>.Read(IHostEnvironment environment, ModelReader reader)
    {
        var options = StoredOptions.ReadDecoding(reader);
        return StoredAutoencoder.Read(reader, model => new DecodeLatentsTransformer(environment, model, options));
    }

    internal override RowColumns Columns => new DecodingColumns(Config, options);

    internal override BatchRunner ComputeBatches(DataViewRow input, IReadOnlyList<bool> activeOutputs, int capacity) =>
        new DecodingRunner(OpenModel(), input, options, capacity);

    private protected override void Write(ModelWriter writer)
    {
        StoredOptions.Write(writer, options with { Precision = Model.Precision, Convolutions = Model.Convolutions });
        WriteModel(writer);
    }
}
