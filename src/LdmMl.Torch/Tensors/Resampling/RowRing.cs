using System.Buffers;

namespace LdmMl.Torch.Tensors.Resampling;

/// <summary>A ring buffer of the last few rows of an image read top to bottom, and one row blended from them.</summary>
internal sealed class RowRing : IDisposable
{
    private readonly int capacity;
    private readonly byte[] rows;
    private readonly byte[] blended;

    /// <param name="minimumCapacity">The minimum number of rows to hold.</param>
    /// <param name="rowBytes">The bytes of a row.</param>
    public RowRing(int minimumCapacity, int rowBytes)
    {
        // A multiple of four, so that four rows that are read together are contiguous.
        capacity = (minimumCapacity + 3) & ~3;
        Stride = checked(rowBytes + RowBlend.Block - 1) / RowBlend.Block * RowBlend.Block;
        rows = ArrayPool<byte>.Shared.Rent(checked(capacity * Stride));
        blended = ArrayPool<byte>.Shared.Rent(Stride);
    }

    /// <summary>Gets the bytes from one row to the next.</summary>
    public int Stride { get; }

    public Span<byte> Row(int index) => Rows(index, 1);

    public Span<byte> Rows(int first, int count) => rows.AsSpan(first % capacity * Stride, count * Stride);

    /// <summary>Returns the weighted sum of consecutive rows; valid until the next call.</summary>
    public ReadOnlySpan<byte> Blend(int first, ReadOnlySpan<int> weights)
    {
        // The ring wraps at most once, so the rows are in at most two pieces.
        var start = first % capacity;
        var before = Math.Min(weights.Length, capacity - start);
        var result = blended.AsSpan(0, Stride);
        RowBlend.Apply(rows.AsSpan(start * Stride, before * Stride), weights[..before], rows, weights[before..], result);
        return result;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(rows);
        ArrayPool<byte>.Shared.Return(blended);
    }
}
