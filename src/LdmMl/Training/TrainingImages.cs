using LdmMl.Torch.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Training;

/// <summary>Reads an image column into memory once.</summary>
internal static class TrainingImages
{
    /// <summary>Reads all rows; of every <c>1 / fraction</c> one goes to the second set.</summary>
    /// <exception cref="ArgumentException">
    /// An image is missing or has another size than the first, there are no rows, or they are too many to hold.
    /// </exception>
    public static (ImageSet Images, ImageSet Held) Read(IDataView data, AutoencoderEstimatorOptions options, double fraction)
    {
        DataViewSchema.Column column = new Schemas.ColumnNeed(options.ImageColumnName, Schemas.ColumnContent.Image).Find(data.Schema);
        using DataViewRowCursor cursor = data.GetRowCursor([column]);
        ValueGetter<MLImage> getter = cursor.GetGetter<MLImage>(column);
        MLImage image = null!;
        (ImageSet Images, ImageSet Held)? sets = null;
        for (long row = 0; cursor.MoveNext(); row++)
        {
            getter(ref image);
            CheckRow(image, sets?.Images, row, options);
            sets ??= (Empty(image, options), Empty(image, options));
            ImageSet set = (long)((row + 1) * fraction) > (long)(row * fraction) ? sets.Value.Held : sets.Value.Images;
            using var pixels = new StraightPixels(image);
            set.Add(pixels.Bytes, pixels.Layout, options.Background);
        }

        return sets ?? throw new ArgumentException($"There are no rows to train on: column '{options.ImageColumnName}' is empty.");
    }

    private static ImageSet Empty(MLImage image, AutoencoderEstimatorOptions options) =>
        new(image.Width, image.Height, options.Network.ImageChannels);

    private static void CheckRow(MLImage? image, ImageSet? set, long row, AutoencoderEstimatorOptions options)
    {
        if (image is null)
            throw new ArgumentException(
                $"Row {row} has no image in column '{options.ImageColumnName}'. Filter rows without an image before training.");
        if (set is null)
            return;
        if (image.Width != set.Width || image.Height != set.Height)
        {
            throw new ArgumentException(
                $"Row {row} has an image of {image.Width}x{image.Height} in column '{options.ImageColumnName}', " +
                $"the first row one of {set.Width}x{set.Height}. Training needs one size: put ResizeImagesAntialiased before it.");
        }

        long bytes = (row + 1) * set.Width * set.Height * set.Channels;
        if (bytes > options.MaximumImageBytes)
        {
            throw new ArgumentException(
                $"Up to row {row} the images take {bytes} bytes, more than {nameof(options.MaximumImageBytes)} = {options.MaximumImageBytes}. " +
                "Train on fewer or smaller images, or allow more memory.");
        }
    }
}
