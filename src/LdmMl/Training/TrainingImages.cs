using LdmMl.Images;
using LdmMl.Schemas;
using LdmMl.Torch.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Training;

/// <summary>Reads an image column into memory once.</summary>
internal static class TrainingImages
{
    /// <summary>Reads all rows; of every <c>1 / fraction</c> one goes to the second set.</summary>
    /// <param name="data">The rows.</param>
    /// <param name="column">The images.</param>
    /// <param name="fraction">The share of the second set.</param>
    /// <param name="labels">Where the rows' labels go; null for none.</param>
    /// <exception cref="ArgumentException">
    /// An image is missing or has another size than the first, there are no rows, or they are too many to hold.
    /// </exception>
    public static (ImageSet Images, ImageSet Held) Read(IDataView data, TrainingImageColumn column, double fraction, TrainingLabelSink? labels = null)
    {
        var found = new ColumnNeed(column.Name, ColumnContent.Image).Find(data.Schema);
        var label = labels?.Find(data.Schema);
        using var cursor = data.GetRowCursor(label is { } there ? [found, there] : [found]);
        var getter = cursor.GetGetter<MLImage>(found);
        labels?.Open(cursor);
        MLImage image = null!;
        (ImageSet Images, ImageSet Held)? sets = null;
        for (long row = 0; cursor.MoveNext(); row++)
        {
            getter(ref image);
            CheckRow(image, sets?.Images, row, column);
            sets ??= (Empty(image, column), Empty(image, column));
            var isHeld = (long)((row + 1) * fraction) > (long)(row * fraction);
            using var pixels = new StraightPixels(image);
            (isHeld ? sets.Value.Held : sets.Value.Images).Add(pixels.Bytes, pixels.Layout, column.Background);
            labels?.Add(row, isHeld);
        }

        return sets ?? throw new ArgumentException($"There are no rows to train on: column '{column.Name}' is empty.");
    }

    private static ImageSet Empty(MLImage image, TrainingImageColumn column) => new(image.Width, image.Height, column.Channels);

    private static void CheckRow(MLImage? image, ImageSet? set, long row, TrainingImageColumn column)
    {
        if (image is null)
            throw new ArgumentException($"Row {row} has no image in column '{column.Name}'. Filter rows without an image before training.");
        if (set is null)
            return;
        if (image.Width != set.Width || image.Height != set.Height)
        {
            throw new ArgumentException(
                $"Row {row} has an image of {image.Width}x{image.Height} in column '{column.Name}', " +
                $"the first row one of {set.Width}x{set.Height}. Training needs one size: put ResizeImagesAntialiased before it.");
        }

        var bytes = (row + 1) * set.Width * set.Height * set.Channels;
        if (bytes > column.MaximumBytes)
        {
            throw new ArgumentException(
                $"Up to row {row} the images take {bytes} bytes, more than {nameof(AutoencoderEstimatorOptions.MaximumImageBytes)} = " +
                $"{column.MaximumBytes}. Train on fewer or smaller images, or allow more memory.");
        }
    }
}
