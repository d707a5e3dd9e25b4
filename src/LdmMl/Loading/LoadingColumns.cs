using LdmMl.Schemas;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Loading;

/// <summary>The columns of loading: paths in, images out.</summary>
internal sealed class LoadingColumns(LoadImageFilesOptions options) : RowColumns
{
    public override IReadOnlyList<ColumnNeed> Inputs => [new(options.InputName, ColumnContent.Text)];

    public override IReadOnlyList<DataViewSchema.DetachedColumn> Outputs(IReadOnlyList<DataViewType> inputs) =>
        [new(options.OutputColumnName, new ImageDataViewType())];
}
