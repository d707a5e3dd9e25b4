using LdmMl.Torch.Tensors;

namespace LdmMl.Torch.Training;

/// <summary>Images of one size that can be read in any order, any number of times. A trainer reads from one thread.</summary>
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

    /// <summary>Reads one image.</summary>
    /// <param name="index">Its index, 0 to <see cref="Count"/> - 1.</param>
    /// <param name="range">The range of the values.</param>
    /// <param name="planes">Receives [Channels, Height, Width].</param>
    void Read(int index, PixelRange range, Span<float> planes);
}
