using System.Runtime.InteropServices;

namespace LdmMl.Torch.Kernels.Winograd;

/// <summary>Where the results of a tile go; at the right and bottom edge of an image fewer than m rows or columns are kept.</summary>
/// <param name="First">The pixel at the top left, at its first channel.</param>
/// <param name="RowStride">How far apart rows are, in numbers.</param>
/// <param name="PixelStride">How far apart the pixels of a row are.</param>
/// <param name="Rows">How many rows are kept, 1 to m.</param>
/// <param name="Columns">How many columns are kept, 1 to m.</param>
/// <param name="Adds">Whether results are added to what is there.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly unsafe record struct OutputPixels(nint First, nint RowStride, nint PixelStride, int Rows, int Columns, bool Adds)
{
    public float* At(int row) => (float*)First + (row * RowStride);
}
