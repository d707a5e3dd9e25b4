using LdmMl.Cli.Output;
using LdmMl.Files;
using LdmMl.Torch.Training;

namespace LdmMl.Cli.Pipelines;

/// <summary>The image files of a training, with their labels or captions.</summary>
internal static class TrainingFiles
{
    /// <summary>Reads files into memory if they fit; otherwise they are read while training.</summary>
    /// <param name="what">What the images are for: nothing, or a word with a space.</param>
    /// <param name="files">The files.</param>
    /// <param name="size">The size to which they are brought.</param>
    /// <param name="channels">3, or 1 for grey.</param>
    /// <param name="memory">The most bytes of images in memory.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="InvalidDataException">A file cannot be read.</exception>
    public static IImageSet Open(
        string what, LabelledFiles files, SizedImages size, int channels, long memory, CancellationToken cancellation) => InTerms(() =>
    {
        var set = new ImageFileSet(files.Paths, size.Width, size.Height, channels, size.Fit) { MaximumPixels = size.MaximumPixels };
        var images = Counted.Of(set.Count, $"{what}image");
        if (set.MemoryBytes > memory)
        {
            Terminal.Message(
                $"{images} of {size.Width}x{size.Height} would take {ByteSize.Of(set.MemoryBytes)} of memory, more than --memory {ByteSize.Of(memory)}: "
                + "they are read from their files while training");
            return set;
        }

        ImageSet? loaded = null;
        ProgressDisplay.Run($"read {what}images", report => loaded = set.Load(
            count => report((double)count / set.Count, $"{count} of {set.Count}"), cancellation));
        Terminal.Message($"{images} of {size.Width}x{size.Height} take {ByteSize.Of(set.MemoryBytes)} of memory");
        return (IImageSet)loaded!;
    });

    /// <summary>Joins images with their labels or captions.</summary>
    /// <param name="images">The images.</param>
    /// <param name="files">Their files.</param>
    /// <param name="names">The names of the labels; null for those of the files.</param>
    public static LabeledImages Join(IImageSet images, LabelledFiles files, IReadOnlyList<string>? names = null)
    {
        if (files.Labels is not { } labels)
            return new LabeledImages(images) { Captions = files.Captions };
        var known = names ?? files.Names!;
        var numbers = known.Index().ToDictionary(entry => entry.Item, entry => entry.Index, StringComparer.Ordinal);
        return new LabeledImages(images, [.. labels.Select(label => numbers[label])], known);
    }

    /// <summary>Trains; an image that becomes unreadable meanwhile is an error that says what to do.</summary>
    /// <param name="keepsState">Whether the training keeps a state.</param>
    /// <param name="train">Trains.</param>
    public static T WhileReading<T>(bool keepsState, Func<T> train)
    {
        try
        {
            return train();
        }
        catch (ImageFileException error)
        {
            var cure = keepsState
                ? "The last state of the training is intact: put the file back as it was, and the same command with --resume continues from there."
                : "Nothing is saved; with --save-interval above 0 a training keeps a state to resume from.";
            throw new InvalidDataException($"{error.Message} {cure}", error);
        }
    }

    private static T InTerms<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (ImageFileException error)
        {
            throw new InvalidDataException($"{error.Message} --skip-broken skips such files.", error);
        }
    }
}
