using LdmMl.Autoencoders;
using LdmMl.Schemas;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Reconstruction;

/// <summary>The columns of reconstruction: images in, images of the same size out.</summary>
internal static class ReconstructionColumns
{
    public static ColumnNeed Image(ReconstructImagesOptions options) => new(options.InputName, ColumnContent.Image);

    /// <summary>Gives images of the input's size, which is checked.</summary>
    public static ImageDataViewType OutputType(ImageDataViewType image, AutoencoderConfig config, ReconstructImagesOptions options)
    {
        new ImageSizeRule(options.InputName, config.DownsampleFactor, options.Sides).InsideOfColumn(image);
        return ImageSizeRule.Declared(image) is { } size ? new ImageDataViewType(size.Height, size.Width) : new ImageDataViewType();
    }

    public static DataViewSchema.DetachedColumn Describe(DataViewSchema input, AutoencoderConfig config, ReconstructImagesOptions options)
    {
        var image = (ImageDataViewType)Image(options).Find(input).Type;
        return new DataViewSchema.DetachedColumn(options.OutputColumnName, OutputType(image, config, options));
    }
}
