using LdmMl.Schemas;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Decoding;

/// <summary>The columns of decoding: latents in, images out.</summary>
internal static class DecodingColumns
{
    public static ColumnNeed Latent(DecodeLatentsOptions options) => new(options.InputName, ColumnContent.SingleVector);

    public static DataViewSchema.DetachedColumn Describe(DataViewSchema input, AutoencoderConfig config, DecodeLatentsOptions options)
    {
        ImageSize latent = LatentSize(Latent(options).Find(input), config);
        var image = new ImageDataViewType(latent.Height * config.DownsampleFactor, latent.Width * config.DownsampleFactor);
        return new DataViewSchema.DetachedColumn(options.OutputColumnName, image);
    }

    /// <summary>Gives the width and height of a column's latents.</summary>
    /// <exception cref="ArgumentException">The column does not say them, or has another number of channels.</exception>
    public static ImageSize LatentSize(DataViewSchema.Column column, AutoencoderConfig config)
    {
        var type = (VectorDataViewType)column.Type;
        if (type.Dimensions is [var channels, var height, var width] && height > 0 && width > 0 && channels == config.LatentChannels)
            return new ImageSize(width, height);
        string hint = type.IsKnownSize ? "Is it the latent of another autoencoder?" : "Images of one size have latents of one size: put ResizeImagesAntialiased before EncodeImages.";
        throw new ArgumentException($"Column '{column.Name}' holds {type}; this autoencoder decodes Vector<Single, {config.LatentChannels}, H, W>. {hint}");
    }
}
