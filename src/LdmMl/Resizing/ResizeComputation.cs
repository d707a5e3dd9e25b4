using LdmMl.Batching;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Resizing;

/// <summary>Images to images of one size.</summary>
internal sealed class ResizeComputation(DataViewRow row, DataViewSchema.Column column, ResizeImagesOptions options) : ImageComputation(row)
{
    private readonly DataViewRow row = row;
    private readonly ValueGetter<MLImage> getter = row.GetGetter<MLImage>(column);
    private readonly ImageGeometry geometry = new()
    {
        Width = options.Width, Height = options.Height, Fit = options.Fit, Filter = options.Filter, Background = options.Background,
    };

    // Belongs to whoever produced it: never disposed here.
    private MLImage? source;

    private protected override MLImage? Compute()
    {
        getter(ref source!);
        if (source is null)
            return null;
        try
        {
            return geometry.Apply(source);
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException($"Row {row.Position}, column '{column.Name}': {exception.Message}", exception);
        }
    }
}
