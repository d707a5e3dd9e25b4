using LdmMl.Autoencoders;
using LdmMl.Schemas;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Reconstruction;

/// <summary>The columns of reconstruction: images in, images of the same size out.</summary>
internal sealed class ReconstructionColumns(AutoencoderConfig config, ReconstructImagesOptions options) : RowColumns
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
