using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LdmMl.Torch.Kernels.Vectors;

namespace LdmMl.Torch.Kernels.Winograd;

/// <summary>
/// Where the results of a tile go, and what is done to each on the way; at the right and bottom edge of an image fewer than m rows or columns are
/// kept.
/// </summary>
/// <param name="First">The pixel at the top left, at its first channel.</param>
/// <param name="RowStride">How far apart rows are, in numbers.</param>
/// <param name="PixelStride">How far apart the pixels of a row are.</param>
/// <param name="Rows">How many rows are kept, 1 to m.</param>
/// <param name="Columns">How many columns are kept, 1 to m.</param>
/// <param name="ToAddend">How far behind a result its addend lies, in bytes; 0 for none.</param>
/// <param name="Rectifies">Whether what is negative becomes 0 at last.</param>
/// <param name="Streams">Whether results go past the caches, for there are more than these hold.</param>
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
