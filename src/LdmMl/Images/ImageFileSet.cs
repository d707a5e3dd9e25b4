using System.Buffers;
using LdmMl.Images;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training;
using Microsoft.ML.Data;

namespace LdmMl;

/// <summary>
/// Image files as a set that trainers read from disk: a file is decoded and brought to the set's size when a batch needs it, on
/// <see cref="TrainingOptions.ReaderThreads"/> ahead of the training, so that a set of any size takes a few batches of memory. The pixels are those of
/// <c>LoadImageFiles</c> and <c>ResizeImagesAntialiased</c>.
/// </summary>
/// <remarks>
/// The length and time of every file are noted at the start: one that changes, vanishes or cannot be decoded ends the training with an
/// <see cref="ImageFileException"/> that names it. The last state of the training is intact; once the file is as it was, the training resumes from there.
/// Safe for several threads.
/// </remarks>
/// <example>
/// <code>
/// var files = new ImageFileSet(Directory.GetFiles("photos", "*.jpg"), width: 64, height: 64);
/// var trainer = new AutoencoderTrainer(model, new AutoencoderTrainingOptions { HorizontalFlips = true, StateFolder = "training" });
/// using var result = trainer.Train(files);
/// </code>
/// </example>
public sealed class ImageFileSet : IImageSet
{
    private readonly IReadOnlyList<string> paths;
    private readonly (long Length, DateTime Time)[] stamps;
    private readonly ImageGeometry geometry;

    /// <summary>Initializes a set; no file is decoded yet.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="width">The width to which images are brought, in pixels.</param>
    /// <param name="height">The height to which images are brought, in pixels.</param>
    /// <param name="channels">3 for colour, 1 for grey.</param>
    /// <param name="fit">How images of another shape are brought to the size; those that are too small for <see cref="ImageFit.CenterCrop"/> are an
    /// error when they are read.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not above 0, or there are neither 1 nor 3 channels.</exception>
    /// <exception cref="ImageFileException">A file does not exist.</exception>
    public ImageFileSet(IReadOnlyList<string> paths, int width, int height, int channels = 3, ImageFit fit = ImageFit.CropToFill)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        if (channels is not (1 or 3))
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "Images have 3 channels, or 1 if they are grey.");
        (this.paths, Channels) = ([.. paths], channels);
        geometry = new ImageGeometry { Width = width, Height = height, Fit = fit };
        stamps = [.. paths.Select(StampOf)];
    }

    /// <inheritdoc/>
    public int Count => paths.Count;

    /// <inheritdoc/>
    public int Channels { get; }

    /// <inheritdoc/>
    public int Height => geometry.Height;

    /// <inheritdoc/>
    public int Width => geometry.Width;

    /// <summary>Gets whether images are read ahead: they are.</summary>
    public bool AllowsReadAhead => true;

    /// <summary>Gets the colour behind transparent pixels.</summary>
    /// <value>Default: white.</value>
    public PixelColor Background { get; init; } = PixelColor.White;

    /// <summary>Gets the most pixels that a file may have, width times height; larger ones are refused before they are decoded.</summary>
    /// <value>Default: <see cref="ImageFile.DefaultMaximumPixels"/>.</value>
    public long MaximumPixels { get; init; } = ImageFile.DefaultMaximumPixels;

    /// <summary>Gets the number of bytes that all images would take in an <see cref="ImageSet"/>.</summary>
    public long MemoryBytes => (long)Count * Channels * Height * Width;

    /// <inheritdoc/>
    /// <exception cref="ImageFileException">The file changed, vanished or cannot be decoded.</exception>
    public void Read(int index, PixelRange range, Span<float> planes)
    {
        // By way of 8-bit values, as an ImageSet keeps them, so that both give the same.
        var rented = ArrayPool<byte>.Shared.Rent(planes.Length);
        try
        {
            var stored = rented.AsSpan(0, planes.Length);
            using var image = Decode(index);
            using var pixels = new StraightPixels(image);
            PixelTensors.ToPlanes(pixels.Bytes, pixels.Layout, Background, PixelRange.ZeroToOne, planes, Channels);
            PixelTensors.FromPlanes(planes, Channels, PixelRange.ZeroToOne, stored, Layout);
            PixelTensors.ToPlanes(stored, Layout, PixelColor.White, range, planes, Channels);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Reads all images into memory.</summary>
    /// <param name="progress">Receives the number of images that were read, one after the other.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The same images.</returns>
    /// <exception cref="ImageFileException">A file changed, vanished or cannot be decoded.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ImageSet Load(Action<int>? progress = null, CancellationToken cancellationToken = default)
    {
        var set = new ImageSet(Width, Height, Channels);
        for (var index = 0; index < Count; index++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using (var image = Decode(index))
            {
                using var pixels = new StraightPixels(image);
                set.Add(pixels.Bytes, pixels.Layout, Background);
            }

            progress?.Invoke(index + 1);
        }

        return set;
    }

    private PixelLayout Layout => Channels == 1 ? PixelLayout.Gray8 : PixelLayout.Rgb24;

    private static (long Length, DateTime Time) StampOf(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? (file.Length, file.LastWriteTimeUtc) : throw new ImageFileException(path, "does not exist.");
    }

    private MLImage Decode(int index)
    {
        var path = paths[index];
        Require(index);
        using var image = ImageFile.Decode(path, MaximumPixels);
        Require(index);                                          // it may have been replaced while it was read
        try
        {
            return geometry.Apply(image);
        }
        catch (ArgumentException error)
        {
            throw new ImageFileException(path, $"cannot be brought to {Width}x{Height}: {error.Message}", error);
        }
    }

    private void Require(int index)
    {
        var (path, noted) = (paths[index], stamps[index]);
        var file = new FileInfo(path);
        if (!file.Exists)
            throw new ImageFileException(path, "is gone, but the training still needs it.");
        if ((file.Length, file.LastWriteTimeUtc) != noted)
        {
            throw new ImageFileException(path, FormattableString.Invariant(
                $"changed while it was in use: it had {noted.Length} bytes of {noted.Time:u}, now it has {file.Length} of {file.LastWriteTimeUtc:u}."));
        }
    }
}
