using LdmMl.Schemas;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Decoding;

/// <summary>The columns of decoding: latents in, images out.</summary>
internal sealed class DecodingColumns(AutoencoderConfig config, DecodeLatentsOptions options) : RowColumns
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
