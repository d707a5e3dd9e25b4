using LdmMl.Autoencoders;
using LdmMl.Schemas;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Encoding;

/// <summary>The columns of encoding: images in, and seeds where they are sampled; latents out.</summary>
internal sealed class EncodingColumns(AutoencoderConfig config, EncodeImagesOptions options) : RowColumns
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
