using LdmMl.Internals;
using LdmMl.Models;
using LdmMl.Rows;
using LdmMl.Schemas;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace LdmMl.Transforms.Decode;

/// <summary>Appends the images that latents decode to.</summary>
/// <remarks>A latent that holds NaN is missing: it gives a null image.</remarks>
internal sealed class DecodeLatentsTransformer : ModelTransformer<AutoencoderModel>, IStoredTransformer<DecodeLatentsTransformer>
{
    internal const string LoaderName = "LdmMlDecodeLatents";

    internal DecodeLatentsTransformer(IHostEnvironment environment, AutoencoderModel autoencoder, DecodeLatentsOptions options)
        : base(environment, StoredModelKind.Of<DecodeLatentsTransformer>(), autoencoder, options, model => ColumnsOf(model.Config, options)) =>
        Options = options;

    static StoredModelKind IStoredTransformer<DecodeLatentsTransformer>.Kind { get; } = new("LDM DECO", LoaderName);

    internal DecodeLatentsOptions Options { get; }

    /// <summary>Gets the columns: from latents to images.</summary>
    internal static RowColumns ColumnsOf(AutoencoderConfig config, DecodeLatentsOptions options) => RowColumns.Of(
        [new(options.InputName, ColumnContent.SingleVector)],
        inputs =>
        {
            ImageSize? size = inputs[0] is VectorDataViewType latents ? ImageSizeOf(config, LatentSize(config, options, latents)) : null;
            return [new(options.OutputColumnName, ImageSizeRule.TypeOf(size))];
        });

    /// <summary>Gets the width and height of a column of latents.</summary>
    /// <exception cref="ArgumentException">The column does not declare them, or has a different number of channels.</exception>
    internal static ImageSize LatentSize(AutoencoderConfig config, DecodeLatentsOptions options, VectorDataViewType type)
    {
        if (type.Dimensions is [var channels, var height, var width] && height > 0 && width > 0 && channels == config.LatentChannels)
            return new ImageSize(width, height);
        var hint = type.IsKnownSize
            ? "Is it the latent of another autoencoder?"
            : "Images of one size have latents of one size: use ResizeImagesAntialiased before EncodeImages.";
        throw new ArgumentException(
            $"Column '{options.InputName}' holds {type}; this autoencoder decodes Vector<Single, {config.LatentChannels}, H, W>. {hint}");
    }

    /// <summary>Gets the size of the image that a latent decodes to.</summary>
    internal static ImageSize ImageSizeOf(AutoencoderConfig config, ImageSize latent) =>
        new(latent.Width * config.DownsampleFactor, latent.Height * config.DownsampleFactor);

    static DecodeLatentsTransformer IStoredTransformer<DecodeLatentsTransformer>.Read(IHostEnvironment environment, ModelReader reader)
    {
        var options = reader.ReadOptions(OptionsJson.Default.DecodeLatentsOptions, PositionalOptions.ReadDecoding);
        return AutoencoderEntry.Read(reader, model => new DecodeLatentsTransformer(environment, model, options));
    }

    private protected override BatchRunner CreateRunner(DataViewRow input, IReadOnlyList<bool> activeOutputs) =>
        new DecodeLatentsRunner(Model.Share(), input, Options);

    private protected override void Write(ModelWriter writer)
    {
        writer.WriteOptions(AsRun(Options), OptionsJson.Default.DecodeLatentsOptions);
        AutoencoderEntry.Write(writer, Model);
    }
}
