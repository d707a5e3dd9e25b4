using LdmMl.Images;
using LdmMl.Schemas;
using LdmMl.Torch.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Training;

/// <summary>Reads an image column into memory once.</summary>
internal static class TrainingImages
{
    /// <summary>Reads all rows; every <c>1 / fraction</c>-th row goes to the second set.</summary>
    /// <param name="data">The rows.</param>
    /// <param name="options">The column, the colour behind transparent pixels, and the largest size in memory.</param>
    /// <param name="channels">The channels that the network takes.</param>
    /// <param name="fraction">The share of the second set.</param>
    /// <param name="conditions">Receives the conditions of the rows; null for none.</param>
    /// <exception cref="ArgumentException">
    /// An image is missing or has another size than the first, there are no rows, or they are too many for memory.
    /// </exception>
    /// <exception cref="OperationCanceledException">The options' token is cancelled.</exception>
    public static (ImageSet Images, ImageSet Held) Read(
        IDataView data, TrainerOptions options, int channels, double fraction, IConditionRows? conditions = null)
    {
        var found = new ColumnNeed(options.ImageColumnName, ColumnContent.Image).Find(data.Schema);
        var condition = conditions?.Find(data.Schema);
        using var cursor = data.GetRowCursor(condition is { } there ? [found, there] : [found]);
        var getter = cursor.GetGetter<MLImage>(found);
        conditions?.Open(cursor);
        MLImage image = null!;
        (ImageSet Images, ImageSet Held)? sets = null;
        for (long row = 0; cursor.MoveNext(); row++)
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            getter(ref image);
            CheckRow(image, sets?.Images, row, options);
            sets ??= (new(image.Width, image.Height, channels), new(image.Width, image.Height, channels));
            var isHeld = (long)((row + 1) * fraction) > (long)(row * fraction);
            using var pixels = new StraightPixels(image);
            (isHeld ? sets.Value.Held : sets.Value.Images).Add(pixels.Bytes, pixels.Layout, options.Background);
            conditions?.Add(row, isHeld);
        }

        return sets ?? throw new ArgumentException($"There are no rows to train on: column '{options.ImageColumnName}' is empty.");
    }

    private static void CheckRow(MLImage? image, ImageSet? set, long row, TrainerOptions options)
    {
        if (image is null)
            throw new ArgumentException($"Row {row} has no image in column '{options.ImageColumnName}'. Filter rows without an image before training.");
        if (set is null)
            return;
        if (image.Width != set.Width || image.Height != set.Height)
        {
            throw new ArgumentException(
                $"Row {row} has an image of {image.Width}x{image.Height} in column '{options.ImageColumnName}', " +
                $"the first row one of {set.Width}x{set.Height}. Training needs images of one size: use ResizeImagesAntialiased first.");
        }

        var bytes = (row + 1) * set.Width * set.Height * set.Channels;
        if (bytes > options.MaximumImageBytes)
        {
            throw new ArgumentException(
                $"The images up to row {row} take {bytes} bytes, more than {nameof(options.MaximumImageBytes)} = " +
                $"{options.MaximumImageBytes}. Train on fewer or smaller images, or allow more memory.");
        }
    }
}
