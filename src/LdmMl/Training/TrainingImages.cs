using LdmMl.Images;
using LdmMl.Schemas;
using LdmMl.Torch.Training.Streaming;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Training;

/// <summary>Reads an image column once: into memory, or beyond a limit into a temporary file.</summary>
internal static class TrainingImages
{
    /// <summary>Reads all rows; every <c>1 / fraction</c>-th row goes to the second set.</summary>
    /// <param name="data">The rows.</param>
    /// <param name="options">The column, the colour behind transparent pixels, and the largest size in memory.</param>
    /// <param name="channels">The channels that the network takes.</param>
    /// <param name="fraction">The share of the second set.</param>
    /// <param name="notes">Hears where the images are; null for nobody.</param>
    /// <param name="conditions">Receives the conditions of the rows; null for none.</param>
    /// <exception cref="ArgumentException">
    /// An image is missing or has another size than the first, or there are no rows.
    /// </exception>
    /// <exception cref="IOException">The temporary file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The options' token is cancelled.</exception>
    /// <returns>The sets. The caller disposes them.</returns>
    public static (SpooledImageSet Images, SpooledImageSet Held) Read(
        IDataView data, TrainerOptions options, int channels, double fraction, IProgress<string>? notes, IConditionRows? conditions = null)
    {
        var found = new ColumnNeed(options.ImageColumnName, ColumnContent.Image).Find(data.Schema);
        var condition = conditions?.Find(data.Schema);
        using var cursor = data.GetRowCursor(condition is { } there ? [found, there] : [found]);
        var getter = cursor.GetGetter<MLImage>(found);
        conditions?.Open(cursor);
        MLImage image = null!;
        (SpooledImageSet Images, SpooledImageSet Held)? sets = null;
        try
        {
            for (long row = 0; cursor.MoveNext(); row++)
            {
                options.CancellationToken.ThrowIfCancellationRequested();
                getter(ref image);
                CheckRow(image, sets?.Images, row, options);
                sets ??= (Begin(image), Begin(image));
                var isHeld = (long)((row + 1) * fraction) > (long)(row * fraction);
                using var pixels = new StraightPixels(image);
                (isHeld ? sets.Value.Held : sets.Value.Images).Add(pixels.Bytes, pixels.Layout, options.Background);
                conditions?.Add(row, isHeld);
            }
        }
        catch
        {
            sets?.Images.Dispose();
            sets?.Held.Dispose();
            throw;
        }

        return sets ?? throw new ArgumentException($"There are no rows to train on: column '{options.ImageColumnName}' is empty.");

        SpooledImageSet Begin(MLImage first) => new(first.Width, first.Height, channels, options.MaximumImageBytes, options.SpoolFolder, notes);
    }

    private static void CheckRow(MLImage? image, SpooledImageSet? set, long row, TrainerOptions options)
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
    }
}
