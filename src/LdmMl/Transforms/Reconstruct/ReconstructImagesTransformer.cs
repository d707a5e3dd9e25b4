using LdmMl.Internals;
using LdmMl.Models;
using LdmMl.Rows;
using LdmMl.Schemas;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Transforms.Reconstruct;

/// <summary>Appends reconstructions of images: opaque images of the same size.</summary>
/// <remarks>A missing image gives a null image.</remarks>
internal sealed class ReconstructImagesTransformer : ModelTransformer<AutoencoderModel>, IStoredTransformer<ReconstructImagesTransformer>
{
    internal const string LoaderName = "LdmMlReconstructImages";

    internal ReconstructImagesTransformer(IHostEnvironment environment, AutoencoderModel autoencoder, ReconstructImagesOptions options)
        : base(environment, StoredModelKind.Of<ReconstructImagesTransformer>(), autoencoder, options, model => ColumnsOf(model.Config, options)) =>
        Options = options;

    static StoredModelKind IStoredTransformer<ReconstructImagesTransformer>.Kind { get; } = new("LDM RECO", LoaderName);

    internal ReconstructImagesOptions Options { get; }

    /// <summary>Gets the columns: images in, images of the same size out.</summary>
    internal static RowColumns ColumnsOf(AutoencoderConfig config, ReconstructImagesOptions options) => RowColumns.Of(
        [new(options.InputName, ColumnContent.Image)],
        inputs =>
        {
            var images = (ImageDataViewType)inputs[0];
            new ImageSizeRule(options.InputName, config.DownsampleFactor, options.Sides).InsideOfColumn(images);
            return [new(options.OutputColumnName, ImageSizeRule.TypeOf(ImageSizeRule.Declared(images)))];
        });

    static ReconstructImagesTransformer IStoredTransformer<ReconstructImagesTransformer>.Read(IHostEnvironment environment, ModelReader reader)
    {
        var options = reader.ReadOptions(OptionsJson.Default.ReconstructImagesOptions, PositionalOptions.ReadReconstruction);
        return AutoencoderEntry.Read(reader, model => new ReconstructImagesTransformer(environment, model, options));
    }

    private protected override BatchRunner CreateRunner(DataViewRow input, IReadOnlyList<bool> activeOutputs) =>
        new ReconstructImagesRunner(Model.Share(), input, Options);

    private protected override void Write(ModelWriter writer)
    {
        writer.WriteOptions(AsRun(Options), OptionsJson.Default.ReconstructImagesOptions);
        AutoencoderEntry.Write(writer, Model);
    }
}
