using LdmMl.Internals;
using LdmMl.Models;
using LdmMl.Rows;
using LdmMl.Schemas;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Transforms;
using LdmMl.Transforms.Encode;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

namespace LdmMl;

/// <summary>Makes an <see cref="EncodeImagesTransformer"/>. Nothing is trained: <c>Fit</c> only checks the schema.</summary>
public sealed class EncodeImagesEstimator : RowEstimator<EncodeImagesTransformer>
{
    internal EncodeImagesEstimator(IHostEnvironment environment, AutoencoderModel autoencoder, EncodeImagesOptions options)
        : base(new EncodeImagesColumns(autoencoder.Config, options), () => new EncodeImagesTransformer(environment, autoencoder, options))
    {
    }
}

/// <summary>Appends the latents of images: Vector&lt;Single, C, H, W&gt;, scaled to about unit variance.</summary>
/// <remarks>A missing image gives a vector of NaN.</remarks>
public sealed class EncodeImagesTransformer
    : RowTransformer, IStoredTransformer<EncodeImagesTransformer>, IModelHolder<AutoencoderModel>
{
    internal const string LoaderName = "LdmMlEncodeImages";

    private readonly HeldModel<AutoencoderModel> model;

    internal EncodeImagesTransformer(IHostEnvironment environment, AutoencoderModel autoencoder, EncodeImagesOptions options)
        : base(environment, Kind, options.CancellationToken)
    {
        Options = options;
        model = new HeldModel<AutoencoderModel>(DeviceChoice.Open(autoencoder, options, environment), nameof(EncodeImagesTransformer));
        var columns = new EncodeImagesColumns(autoencoder.Config, options);
        Columns = columns;
        Computer = new BatchComputer(
            options.BatchSize, options.Prefetch, ThrowIfCanceled, (row, _) => new EncodeImagesRunner(Model.Share(), row, columns, options));
    }

    internal static StoredModelKind Kind { get; } = new("LDM ENCO", LoaderName);

    static StoredModelKind IStoredTransformer<EncodeImagesTransformer>.Kind => Kind;

    internal EncodeImagesOptions Options { get; }

    internal AutoencoderModel Model => model.Value;

    AutoencoderModel IModelHolder<AutoencoderModel>.Model => Model;

    internal override RowColumns Columns { get; }

    internal override RowComputer Computer { get; }

    static EncodeImagesTransformer IStoredTransformer<EncodeImagesTransformer>.Read(IHostEnvironment environment, ModelReader reader)
    {
        var options = reader.ReadOptions(OptionsJson.Default.EncodeImagesOptions, PositionalOptions.ReadEncoding);
        return AutoencoderEntry.Read(reader, model => new EncodeImagesTransformer(environment, model, options));
    }

    private protected override void Write(ModelWriter writer)
    {
        writer.WriteOptions(
            Options with { Precision = Model.Precision, Convolutions = Model.Convolutions }, OptionsJson.Default.EncodeImagesOptions);
        AutoencoderEntry.Write(writer, Model);
    }

    private protected override void Dispose(bool disposing)
    {
        if (disposing)
            model.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>The columns of encoding: images in, and seeds where they are sampled; latents out.</summary>
internal sealed class EncodeImagesColumns(AutoencoderConfig config, EncodeImagesOptions options) : RowColumns
{
    public ColumnNeed Image { get; } = new(options.InputName, ColumnContent.Image);

    public ColumnNeed? Seed { get; } = options.SeedColumnName is { } name ? new ColumnNeed(name, ColumnContent.Seed) : null;

    public override IReadOnlyList<ColumnNeed> Inputs => Seed is null ? [Image] : [Image, Seed];

    /// <summary>Gives Vector&lt;Single, C, H, W&gt;; of variable size where the images have none that is known.</summary>
    public VectorDataViewType LatentType(ImageDataViewType image)
    {
        var factor = config.DownsampleFactor;
        var inside = new ImageSizeRule(options.InputName, factor, options.Sides).InsideOfColumn(image);
        return inside is { } size
            ? new VectorDataViewType(NumberDataViewType.Single, config.LatentChannels, size.Height / factor, size.Width / factor)
            : new VectorDataViewType(NumberDataViewType.Single, config.LatentChannels, 0, 0);
    }

    public override IReadOnlyList<DataViewSchema.DetachedColumn> Outputs(IReadOnlyList<DataViewType> inputs) =>
        [new(options.OutputColumnName, LatentType((ImageDataViewType)inputs[0]))];
}
