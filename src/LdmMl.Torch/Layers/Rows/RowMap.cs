using static TorchSharp.torch;

namespace LdmMl.Torch.Layers.Rows;

/// <summary>
/// A map [1, C, H, W] of one image that is read from top to bottom, in strips of rows: computed anew whenever it is read, or stored. In inference on
/// the CPU. A network of such maps computes images of any size with a few strips in memory, and its results are those of whole maps.
/// </summary>
/// <param name="channels">C.</param>
/// <param name="height">H.</param>
/// <param name="width">W.</param>
internal abstract class RowMap(long channels, long height, long width)
{
    /// <summary>Strips end at multiples of it, and with them the tiles of a convolution, which are therefore those of the whole map.</summary>
    public const long Step = 4;

    public long Channels { get; } = channels;

    public long Height { get; } = height;

    public long Width { get; } = width;

    /// <summary>Gets the bytes of the whole map in float32.</summary>
    public long Bytes => Channels * Height * Width * sizeof(float);

    /// <summary>Gets how many bytes of stored rows reading it for the last time gives back.</summary>
    public abstract long HeldBytes { get; }

    /// <summary>Reads it.</summary>
    /// <param name="first">The first row, a multiple of <see cref="Step"/>.</param>
    /// <param name="last">Whether nobody reads it again: stored rows are given back as they are read.</param>
    /// <returns>The strips [1, C, rows, W] in order. They belong to no scope; the caller disposes each.</returns>
    public abstract IEnumerable<Tensor> Read(long first, bool last);

    /// <summary>The largest multiple of <see cref="Step"/> up to a row.</summary>
    public static long RoundDown(long row) => row / Step * Step;
}
