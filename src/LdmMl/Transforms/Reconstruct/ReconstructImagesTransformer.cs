using LdmMl.Internals;
using LdmMl.Models;
using LdmMl.Rows;
using LdmMl.Schemas;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Transforms;
using LdmMl.Transforms.Reconstruct;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

namespace LdmMl;

/// <summary>Makes a <see cref="ReconstructImagesTransformer"/>. Nothing is trained: <c>Fit</c> only checks the schema.</summary>
public sealed class ReconstructImagesEstimator : RowEstimator<ReconstructImagesTransformer>
{
    internal ReconstructImagesEstimator(IHostEnvironment environment, AutoencoderModel autoencoder, ReconstructImagesOptions options)
        : base(new ReconstructImagesColumns(autoencoder.Config, options), () => new ReconstructImagesTransformer(environment, autoencoder, options))
    {
    }
}

/// <summary>Appends reconstructions of images: opaque images of the same size.</summary>
/// <remarks>A missing image gives a null image.</remarks>
public sealed class ReconstructImagesTransformer
    : RowTransformer, IStoredTransformer<ReconstructImagesTransformer>, IModelHolder<AutoencoderModel>
{
    internal const string LoaderName = "LdmMlReconstructImages";

    private readonly HeldModel<AutoencoderModel> model;

    internal ReconstructImagesTransformer(IHostEnvironment environment, AutoencoderModel autoencoder, ReconstructImagesOptions options)
        : base(environment, Kind, options.CancellationToken)
    {
        Options = options;
        model = new HeldModel<AutoencoderModel>(DeviceChoice.Open(autoencoder, options, environment), nameof(ReconstructImagesTransformer));
        var columns = new ReconstructImagesColumns(autoencoder.Config, options);
        Columns = columns;
        Computer = new BatchComputer(
            options.BatchSize, options.Prefetch, ThrowIfCanceled, (row, _) => new ReconstructImagesRunner(Model.Share(), row, columns, options));
    }

    internal static StoredModelKind Kind { get; } = new("LDM RECO", LoaderName);

    static StoredModelKind IStoredTransformer<ReconstructImagesTransformer>.Kind => Kind;

    internal ReconstructImagesOptions Options { get; }

    internal AutoencoderModel Model => model.Value;

    AutoencoderModel IModelHolder<AutoencoderModel>.Model => Model;

    internal override RowColumns Columns { get; }

    internal override RowComputer Computer { get; }

    static ReconstructImagesTransformer IStoredTransformer<ReconstructImagesTransformer>.Read(IHostEnvironment environment, ModelReader reader)
    {
        var options = reader.ReadOptions(OptionsJson.Default.ReconstructImagesOptions, PositionalOptions.ReadReconstruction);
        return AutoencoderEntry.Read(reader, model => new ReconstructImagesTransformer(environment, model, options));
    }

    private protected override void Write(ModelWriter writer)
    {
        writer.WriteOptions(
            Options with { Precision = Model.Precision, Convolutions = Model.Convolutions }, OptionsJson.Default.ReconstructImagesOptions);
        AutoencoderEntry.Write(writer, Model);
    }

    private protected override void Dispose(bool disposing)
    {
        if (disposing)
            model.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>The columns of reconstruction: images in, images of the same size out.</summary>
internal sealed class ReconstructImagesColumns(AutoencoderConfig config, ReconstructImagesOptions options) : RowColumns
{
    public ColumnNeed Image { get; } = new(options.InputName, ColumnContent.Image);

    public override IReadOnlyList<ColumnNeed> Inputs => [Image];

    public override IReadOnlyList<DataViewSchema.DetachedColumn> Outputs(IReadOnlyList<DataViewType> inputs)
    {
        var image = (ImageDataViewType)inputs[0];
        new ImageSizeRule(options.InputName, config.DownsampleFactor, options.Sides).InsideOfColumn(image);
        var output = ImageSizeRule.Declared(image) is { } size ? new ImageDataViewType(size.Height, size.Width) : new ImageDataViewType();
        return [new(options.OutputColumnName, output)];
    }
}
