using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LdmMl.Torch.Kernels.Vectors;

namespace LdmMl.Torch.Kernels.Winograd;

/// <summary>
/// The target of a tile's results, and what is applied to each; at the right and bottom edge of an image fewer than m rows or columns are
/// kept.
/// </summary>
/// <param name="First">The pixel at the top left, at its first channel.</param>
/// <param name="RowStride">The stride of rows, in elements.</param>
/// <param name="PixelStride">The stride of pixels in a row.</param>
/// <param name="Rows">How many rows are kept, 1 to m.</param>
/// <param name="Columns">How many columns are kept, 1 to m.</param>
/// <param name="ToAddend">The offset from a result to its addend, in bytes; 0 for none.</param>
/// <param name="Rectifies">Whether ReLU is applied last.</param>
/// <param name="Streams">Whether results are stored past the caches, because they do not fit into them.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly unsafe record struct OutputPixels(
    nint First, nint RowStride, nint PixelStride, int Rows, int Columns, nint ToAddend, bool Rectifies, bool Streams)
{
    public float* At(int row) => (float*)First + (row * RowStride);

    /// <summary>Finishes neighbouring channels of one pixel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Put<TLanes>(TLanes value, float* pixel)
        where TLanes : struct, ILanes<TLanes>
    {
        if (ToAddend != 0)
            value += TLanes.Load((float*)((nint)pixel + ToAddend));
        if (Rectifies)
            value = TLanes.Max(value, TLanes.Zero);
        if (Streams)
            TLanes.Stream(value, pixel);
        else
            TLanes.Store(value, pixel);
    }
}
