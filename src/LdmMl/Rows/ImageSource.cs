using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Rows;

/// <summary>Reads the images of a column one after the other and keeps none.</summary>
/// <remarks>An image belongs to its producer: it is never disposed here, but the producer may dispose it when the next one is read.</remarks>
internal sealed class ImageSource(ValueGetter<MLImage> getter)
{
    private MLImage? current;

    public ImageSource(DataViewRow row, DataViewSchema.Column column)
        : this(row.GetGetter<MLImage>(column))
    {
    }

    /// <summary>Gets the image of the current row, valid until the next call; null if it is missing.</summary>
    public MLImage? Read()
    {
        ImageTransfer.AnnounceTakeBack(true);
        try
        {
            getter(ref current!);
            return current;
        }
        finally
        {
            ImageTransfer.AnnounceTakeBack(false);
        }
    }
}
