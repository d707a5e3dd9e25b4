using System.Buffers;
using LdmMl.Torch.Tensors;

namespace LdmMl.Torch.Training.Streaming;

/// <summary>The square in the middle of each image, for the measurements of a training on random crops.</summary>
/// <param name="images">The images.</param>
/// <param name="side">The side of the square, at most that of the images.</param>
internal sealed class CenteredImages(IImageSet images, int side) : IImageSet
{
    public int Count => images.Count;

    public int Channels => images.Channels;

    public int Height => side;

    public int Width => side;

    public bool AllowsReadAhead => images.AllowsReadAhead;

    /// <summary>Returns the images as they are, or the square in their middle.</summary>
    public static IImageSet Of(IImageSet images, int? side) => side is { } given ? new CenteredImages(images, given) : images;

    public void Read(int index, PixelRange range, Span<float> planes) =>
        ReadPart(images, index, range, (images.Width - side) / 2, (images.Height - side) / 2, side, planes);

    /// <summary>Reads a square of an image.</summary>
    /// <param name="images">The images.</param>
    /// <param name="index">The image's place in the set.</param>
    /// <param name="range">The range of the values.</param>
    /// <param name="left">The first column.</param>
    /// <param name="top">The first row.</param>
    /// <param name="side">The side of the square.</param>
    /// <param name="part">Receives [Channels, side, side].</param>
    public static void ReadPart(IImageSet images, int index, PixelRange range, int left, int top, int side, Span<float> part)
    {
        var size = images.Channels * images.Height * images.Width;
        var rented = ArrayPool<float>.Shared.Rent(size);
        try
        {
            var whole = rented.AsSpan(0, size);
            images.Read(index, range, whole);
            for (var row = 0; row < images.Channels * side; row++)
            {
                var (channel, y) = Math.DivRem(row, side);
                whole.Slice((((channel * images.Height) + top + y) * images.Width) + left, side).CopyTo(part[(row * side)..]);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }
}
