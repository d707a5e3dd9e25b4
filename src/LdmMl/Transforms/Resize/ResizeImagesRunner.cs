using LdmMl.Images;
using LdmMl.Rows;
using LdmMl.Schemas;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Transforms.Resize;

/// <summary>Resizes images to one size.</summary>
internal sealed class ResizeImagesRunner(DataViewRow row, DataViewSchema.Column column, ResizeImagesOptions options) : ImageComputation(row)
{
    private readonly DataViewRow row = row;
    private readonly ImageSource images = new(row, column);
    private readonly ImageGeometry geometry = new()
    {
        Width = options.ImageWidth, Height = options.ImageHeight, Fit = options.Fit, Filter = options.Filter, Background = options.Background,
    };

    private protected override MLImage? Compute()
    {
        if (images.Read() is not { } image)
            return null;
        try
        {
            return geometry.Apply(image);
        }
        catch (ArgumentException exception)
        {
            throw RowError.Of(row.Position, $"column '{column.Name}': {exception.Message}", exception);
        }
    }
}
