using LdmMl.Internals;
using LdmMl.Models;
using LdmMl.Rows;
using LdmMl.Schemas;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using LdmMl.Transforms;
using LdmMl.Transforms.Decode;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

namespace LdmMl;

/// <summary>Makes a <see cref="DecodeLatentsTransformer"/>. Nothing is trained: <c>Fit</c> only checks the schema.</summary>
public sealed class DecodeLatentsEstimator : RowEstimator<DecodeLatentsTransformer>
{
    internal DecodeLatentsEstimator(IHostEnvironment environment, AutoencoderModel autoencoder, DecodeLatentsOptions options)
        : base(new DecodeLatentsColumns(autoencoder.Config, options), () => new DecodeLatentsTransformer(environment, autoencoder, options))
    {
    }
}

/// <summary>Appends the images that latents decode to.</summary>
/// <remarks>A latent that holds NaN is missing: it gives a null image.</remarks>
public sealed class DecodeLatentsTransformer
    : RowTransformer, IStoredTransformer<DecodeLatentsTransformer>, IModelHolder<AutoencoderModel>
{
    internal const string LoaderName = "LdmMlDecodeLatents";

    private readonly HeldModel<AutoencoderModel> model;

    internal DecodeLatentsTransformer(IHostEnvironment environment, AutoencoderModel autoencoder, DecodeLatentsOptions options)
        : base(environment, Kind, options.CancellationToken)
    {
        Options = options;
        model = new HeldModel<AutoencoderModel>(DeviceChoice.Open(autoencoder, options, environment), nameof(DecodeLatentsTransformer));
        var columns = new DecodeLatentsColumns(autoencoder.Config, options);
        Columns = columns;
        Computer = new BatchComputer(
            options.BatchSize, options.Prefetch, ThrowIfCanceled, (row, _) => new DecodeLatentsRunner(Model.Share(), row, columns));
    }

    internal static StoredModelKind Kind { get; } = new("LDM DECO", LoaderName);

    static StoredModelKind IStoredTransformer<DecodeLatentsTransformer>.Kind => Kind;

    internal DecodeLatentsOptions Options { get; }

    internal AutoencoderModel Model => model.Value;

    AutoencoderModel IModelHolder<AutoencoderModel>.Model => Model;

    internal override RowColumns Columns { get; }

    internal override RowComputer Computer { get; }

    static DecodeLatentsTransformer IStoredTransformer<DecodeLatentsTransformer>.Read(IHostEnvironment environment, ModelReader reader)
    {
        var options = reader.ReadOptions(OptionsJson.Default.DecodeLatentsOptions, PositionalOptions.ReadDecoding);
        return AutoencoderEntry.Read(reader, model => new DecodeLatentsTransformer(environment, model, options));
    }

    private protected override void Write(ModelWriter writer)
    {
        writer.WriteOptions(
            Options with { Precision = Model.Precision, Convolutions = Model.Convolutions }, OptionsJson.Default.DecodeLatentsOptions);
        AutoencoderEntry.Write(writer, Model);
    }

    private protected override void Dispose(bool disposing)
    {
        if (disposing)
            model.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>The columns of decoding: latents in, images out.</summary>
internal sealed class DecodeLatentsColumns(AutoencoderConfig config, DecodeLatentsOptions options) : RowColumns
{
    public ColumnNeed Latent { get; } = new(options.InputName, ColumnContent.SingleVector);

    public override IReadOnlyList<ColumnNeed> Inputs => [Latent];

    public override IReadOnlyList<DataViewSchema.DetachedColumn> Outputs(IReadOnlyList<DataViewType> inputs) =>
        [new(options.OutputColumnName, inputs[0] is VectorDataViewType latent ? ImageType(LatentSize(latent)) : new ImageDataViewType())];

    /// <summary>Gives the width and height of a column's latents.</summary>
    /// <exception cref="ArgumentException">The column does not say them, or has another number of channels.</exception>
    public ImageSize LatentSize(VectorDataViewType type)
    {
        if (type.Dimensions is [var channels, var height, var width] && height > 0 && width > 0 && channels == config.LatentChannels)
            return new ImageSize(width, height);
        var hint = type.IsKnownSize
            ? "Is it the latent of another autoencoder?"
            : "Images of one size have latents of one size: put ResizeImagesAntialiased before EncodeImages.";
        throw new ArgumentException(
            $"Column '{Latent.Name}' holds {type}; this autoencoder decodes Vector<Single, {config.LatentChannels}, H, W>. {hint}");
    }

    private ImageDataViewType ImageType(ImageSize latent) => new(latent.Height * config.DownsampleFactor, latent.Width * config.DownsampleFactor);
}
