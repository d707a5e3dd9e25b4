using System.Buffers;

namespace LdmMl.Torch.Tensors.Resampling;

/// <summary>
/// The antialiased resize: rows are resampled horizontally when the vertical filter first needs them, and kept as long as it does.
/// Each of the two passes rounds to 8 bits.
/// </summary>
internal static class FilteredResize<TRows>
    where TRows : struct, IResizeRows
{
    public static void Run(ReadOnlySpan<byte> source, ImageSize from, Span<byte> target, ImageSize to, ResizeFilter filter)
    {
        var horizontal = from.Width == to.Width ? null : new FilterWeights(from.Width, to.Width, filter);
        var vertical = from.Height == to.Height ? null : new FilterWeights(from.Height, to.Height, filter);
        var targetRow = to.Width * TRows.Channels;
        using var ring = new RowRing((vertical?.Taps ?? 1) + TRows.RowsAtOnce - 1, WholeBlocks(to.Width) * TRows.Channels);
        var packed = ArrayPool<uint>.Shared.Rent(WholeBlocks(from.Width) + RowFilter.Block);
        var resized = ArrayPool<uint>.Shared.Rent(WholeBlocks(to.Width));
        var next = 0;
        for (var y = 0; y < to.Height; y++)
        {
            var first = vertical?.First(y) ?? y;
            var count = vertical?.Count(y) ?? 1;
            for (; next < first + count; next += TRows.RowsAtOnce)
            {
                ReadRows(source, from, next, horizontal, packed, resized.AsSpan(0, WholeBlocks(to.Width)), ring);
            }

            var row = vertical is null ? ring.Row(y) : ring.Blend(first, vertical.Weights(y)[..count]);
            TRows.Finish(row[..targetRow], target.Slice(y * targetRow, targetRow));
        }

        ArrayPool<uint>.Shared.Return(packed);
        ArrayPool<uint>.Shared.Return(resized);
    }

    private static void ReadRows(
        ReadOnlySpan<byte> source, ImageSize from, int first, FilterWeights? weights, uint[] packed, Span<uint> resized, RowRing ring)
    {
        var count = Math.Min(TRows.RowsAtOnce, from.Height - first);
        var sourceRow = from.Width * TRows.Channels;
        var rows = source.Slice(first * sourceRow, count * sourceRow);
        TRows.Pack(rows, count, packed);
        if (weights is not null)
        {
            RowFilter.Apply(packed, weights, resized);
        }

        TRows.Unpack(weights is null ? packed.AsSpan(0, resized.Length) : resized, ring.Rows(first, count), ring.Stride, count);
    }

    private static int WholeBlocks(int width) => checked(width + RowFilter.Block - 1) / RowFilter.Block * RowFilter.Block;
}
