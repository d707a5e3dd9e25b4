using LdmMl.Torch.Tensors;

namespace LdmMl.Torch.Training;

/// <summary>
/// Images of one size that can be read in any order, any number of times, in memory or from wherever they are: trainers read each image when a batch
/// needs it, so a set may be larger than memory.
/// </summary>
public interface IImageSet
{
    /// <summary>Gets the number of images.</summary>
    int Count { get; }

    /// <summary>Gets the channels of every image, 1 or 3.</summary>
    int Channels { get; }

    /// <summary>Gets the height of every image in pixels.</summary>
    int Height { get; }

    /// <summary>Gets the width of every image in pixels.</summary>
    int Width { get; }

    /// <summary>
    /// Gets whether trainers may read images ahead, on several threads at once (<see cref="TrainingOptions.ReaderThreads"/>): worth it where reading
    /// takes time, such as decoding a file. <see cref="Read"/> must then be safe for several threads. The order of batches, and so the training, is
    /// the same either way.
    /// </summary>
    /// <value>Default: <see langword="false"/>: images are read one after the other, on the training thread.</value>
    bool AllowsReadAhead => false;

    /// <summary>Reads one image: the same values each time.</summary>
    /// <param name="index">Its index, 0 to <see cref="Count"/> - 1.</param>
    /// <param name="range">The range of the values.</param>
    /// <param name="planes">Receives [Channels, Height, Width].</param>
    void Read(int index, PixelRange range, Span<float> planes);
}
