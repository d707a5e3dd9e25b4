using System.Runtime.InteropServices;

namespace LdmMl.Torch.Kernels.Winograd;

/// <summary>The tiling of a batch's outputs, image by image and row by row.</summary>
/// <param name="Images">How many images there are.</param>
/// <param name="Height">The rows of an output.</param>
/// <param name="Width">The columns of an output.</param>
/// <param name="OutputSide">m, the side of a tile's outputs.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly unsafe record struct TileGrid(int Images, int Height, int Width, int OutputSide)
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

    /// <summary>The tiling of a layer's results.</summary>
    public static TileGrid Of<TTile>(in WinogradLayer layer)
        where TTile : struct, IWinogradTile => new(layer.Images, layer.Height, layer.Width, TTile.OutputSide);

    /// <summary>Finds the (m + 2)² input pixels of a tile. Those outside an image, and all of a tile that only fills a group, are zeros.</summary>
    public void FindInputs(in WinogradLayer layer, int tile, float* zeros, float** pixels)
    {
        var (image, y, x) = Locate(tile);
        var (isTile, side) = (tile < Count, OutputSide + 2);
        for (var row = 0; row < side; row++)
        {
            var inRows = isTile && (uint)(y + row - 1 + layer.ResultsAbove) < (uint)layer.ResultsOfInput;
            for (var column = 0; column < side; column++, pixels++)
                *pixels = inRows && (uint)(x + column - 1) < (uint)Width ? layer.Pixel(image, y + row - 1, x + column - 1) : zeros;
        }
    }

    /// <summary>Finds the m² result pixels of a tile; those outside the image are zeros.</summary>
    public void FindResults(in WinogradLayer layer, int tile, float* zeros, float** pixels)
    {
        var (image, y, x) = Locate(tile);
        for (var row = 0; row < OutputSide; row++)
        {
            for (var column = 0; column < OutputSide; column++, pixels++)
                *pixels = y + row < Height && x + column < Width ? layer.Result(image, y + row, x + column) : zeros;
        }
    }
}
