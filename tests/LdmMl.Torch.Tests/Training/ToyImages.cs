using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training;

namespace LdmMl.Torch.Tests.Training;

/// <summary>Small coloured rectangles on a gradient, computed by a formula: something that a tiny network learns in seconds.</summary>
internal sealed class ToyImages(int count, int side = 16) : IImageSet
{
    public int Count => count;

    public int Channels => 3;

    public int Height => side;

    public int Width => side;

    /// <summary>Gets or sets the image that contains NaN; none by default.</summary>
    public int Poisoned { get; init; } = -1;

    /// <summary>Gets or sets by how many places the set is shifted; none by default.</summary>
    public int Shift { get; init; }

    public void Read(int index, PixelRange range, Span<float> planes)
    {
        var shifted = index + Shift;
        for (var i = 0; i < planes.Length; i++)
        {
            var (channel, row, column) = (i / (side * side), i / side % side, i % side);
            var inside = row >= shifted % 7 && row < (shifted % 7) + 6 && column >= shifted % 5 && column < (shifted % 5) + 8;
            var value = inside ? (((shifted * 3) + (channel * 5)) % 11) / 10f : (float)column / side;
            planes[i] = range == PixelRange.ZeroToOne ? value : (2 * value) - 1;
        }

        if (index == Poisoned)
            planes[0] = float.NaN;
    }
}
