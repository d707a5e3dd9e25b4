using LdmMl.Batching;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Resizing;

/// <summary>Images to images of one size.</summary>
internal sealed class ResizeComputation(DataViewRow row, DataViewSchema.Column column, ResizeImagesOptions options) : ImageComputation(row)
{
    private readonly DataViewRow _row = row;
    private readonly ValueGetter<MLImage> _getter = row.GetGetter<MLImage>(column);
    private readonly ImageGeometry _geometry = new()
    {
        Width = options.Width, Height = options.Height, Fit = options.Fit, Filter = options.Filter, Background = options.Background,
    };

    // Belongs to whoever produced it: never disposed here.
    private MLImage? _source;

    private protected override MLImage? Compute()
    {
        _getter(ref _source!);
        if (_source is null)
            return null;
        try
        {
            return _geometry.Apply(_source);
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException($"Row {_row.Position}, column '{column.Name}': {exception.Message}", exception);
        }
    }
}
