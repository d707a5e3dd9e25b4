using LdmMl.Schemas;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Resizing;

/// <summary>The columns of resizing: images in, images of one size out.</summary>
internal sealed class ResizingColumns(ResizeImagesOptions options) : RowColumns
{
    public override IReadOnlyList<ColumnNeed> Inputs => [new(options.InputName, ColumnContent.Image)];

    public override IReadOnlyList<DataViewSchema.DetachedColumn> Outputs(IReadOnlyList<DataViewType> inputs) =>
        [new(options.OutputColumnName, new ImageDataViewType(options.Height, options.Width))];
}
