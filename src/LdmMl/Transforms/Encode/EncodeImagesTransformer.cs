using LdmMl.Internals;
using LdmMl.Models;
using LdmMl.Rows;
using LdmMl.Schemas;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Transforms.Encode;

/// <summary>Appends the latents of images: Vector&lt;Single, C, H, W&gt;, scaled to about unit variance.</summary>
/// <remarks>A missing image gives a vector of NaN.</remarks>
internal sealed class EncodeImagesTransformer : ModelTransformer<AutoencoderModel>, IStoredTransformer<EncodeImagesTransformer>
{
    internal const string LoaderName = "LdmMlEncodeImages";

    internal EncodeImagesTransformer(IHostEnvironment environment, AutoencoderModel autoencoder, EncodeImagesOptions options)
        : base(environment, StoredModelKind.Of<EncodeImagesTransformer>(), autoencoder, options, model => ColumnsOf(model.Config, options)) =>
        Options = options;

    static StoredModelKind IStoredTransformer<EncodeImagesTransformer>.Kind { get; } = new("LDM ENCO", LoaderName);

    internal EncodeImagesOptions Options { get; }

    /// <summary>Gets the columns: images in, and seeds where posteriors are sampled; latents out, of variable size where the images are.</summary>
    internal static RowColumns ColumnsOf(AutoencoderConfig config, EncodeImagesOptions options)
    {
        var image = new ColumnNeed(options.InputName, ColumnContent.Image);
        var rule = new ImageSizeRule(options.InputName, config.DownsampleFactor, options.Sides);
        return RowColumns.Of(
            options.SeedColumnName is { } seed ? [image, new(seed, ColumnContent.Seed)] : [image],
            inputs => [new(options.OutputColumnName, LatentType.Of(config, rule.InsideOfColumn((ImageDataViewType)inputs[0])))]);
    }

    static EncodeImagesTransformer IStoredTransformer<EncodeImagesTransformer>.Read(IHostEnvironment environment, ModelReader reader)
    {
        var options = reader.ReadOptions(OptionsJson.Default.EncodeImagesOptions, PositionalOptions.ReadEncoding);
        return AutoencoderEntry.Read(reader, model => new EncodeImagesTransformer(environment, model, options));
    }

    private protected override BatchRunner CreateRunner(DataViewRow input, IReadOnlyList<bool> activeOutputs) =>
        new EncodeImagesRunner(Model.Share(), input, Options);

    private protected override void Write(ModelWriter writer)
    {
        writer.WriteOptions(AsRun(Options), OptionsJson.Default.EncodeImagesOptions);
        AutoencoderEntry.Write(writer, Model);
    }
}
