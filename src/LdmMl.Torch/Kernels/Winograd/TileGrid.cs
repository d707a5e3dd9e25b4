using System.Runtime.InteropServices;

namespace LdmMl.Torch.Kernels.Winograd;

/// <summary>The tiling of a batch's outputs, image by image and row by row.</summary>
/// <param name="Images">How many images there are.</param>
/// <param name="Height">The rows of an output.</param>
/// <param name="Width">The columns of an output.</param>
/// <param name="OutputSide">m, the side of a tile's outputs.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TileGrid(int Images, int Height, int Width, int OutputSide)
{
    private int Rows => (Height + OutputSide - 1) / OutputSide;

    private int Columns => (Width + OutputSide - 1) / OutputSide;

    /// <summary>Gets how many tiles there are.</summary>
    public int Count => checked(Images * Rows * Columns);

    /// <summary>Finds a tile's image, and the row and column of its first output.</summary>
    public (int Image, int Y, int X) Locate(int tile)
    {
        var (image, inside) = Math.DivRem(tile, Rows * Columns);
        var (row, column) = Math.DivRem(inside, Columns);
        return (image, row * OutputSide, column * OutputSide);
    }
}
