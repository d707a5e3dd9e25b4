using LdmMl.Autoencoders;
using LdmMl.Schemas;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Encoding;

/// <summary>The columns of encoding: images in, and seeds where they are sampled; latents out.</summary>
internal static class EncodingColumns
{
    public static ColumnNeed Image(EncodeImagesOptions options) => new(options.InputName, ColumnContent.Image);

    public static ColumnNeed? Seed(EncodeImagesOptions options)
        => options.SeedColumnName is { } name ? new ColumnNeed(name, ColumnContent.Seed) : null;

    /// <summary>Gives Vector&lt;Single, C, H, W&gt;; of variable size where the images have none that is known.</summary>
    public static VectorDataViewType LatentType(ImageDataViewType image, AutoencoderConfig config, EncodeImagesOptions options)
    {
        int factor = config.DownsampleFactor;
        ImageSize? inside = new ImageSizeRule(options.InputName, factor, options.Sides).InsideOfColumn(image);
        return inside is { } size
            ? new VectorDataViewType(NumberDataViewType.Single, config.LatentChannels, size.Height / factor, size.Width / factor)
            : new VectorDataViewType(NumberDataViewType.Single, config.LatentChannels, 0, 0);
    }

    public static DataViewSchema.DetachedColumn Describe(DataViewSchema input, AutoencoderConfig config, EncodeImagesOptions options)
    {
        DataViewSchema.Column image = Image(options).Find(input);
        Seed(options)?.Find(input);
        return new DataViewSchema.DetachedColumn(options.OutputColumnName, LatentType((ImageDataViewType)image.Type, config, options));
    }
}
