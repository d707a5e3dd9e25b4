namespace LdmMl.Torch.Tensors.Resampling;

/// <summary>One channel: four rows fill the four lanes.</summary>
internal readonly struct GrayRows : IResizeRows
{
    public static int Channels => 1;

    public static int RowsAtOnce => 4;

    public static void Pack(ReadOnlySpan<byte> rows, int count, Span<uint> packed)
    {
        var width = rows.Length / count;
        var row0 = rows[..width];
        var row1 = rows.Slice(Math.Min(1, count - 1) * width, width);
        var row2 = rows.Slice(Math.Min(2, count - 1) * width, width);
        var row3 = rows.Slice((count - 1) * width, width);
        for (var x = 0; x < width; x++)
        {
            packed[x] = row0[x] | ((uint)row1[x] << 8) | ((uint)row2[x] << 16) | ((uint)row3[x] << 24);
        }
    }

    public static void Unpack(ReadOnlySpan<uint> packed, Span<byte> rows, int stride, int count)
    {
        for (var lane = 0; lane < count; lane++)
        {
            var row = rows.Slice(lane * stride, packed.Length);
            for (var x = 0; x < row.Length; x++)
            {
                row[x] = (byte)(packed[x] >> (8 * lane));
            }
        }
    }

    public static void Finish(ReadOnlySpan<byte> filtered, Span<byte> target) => filtered.CopyTo(target);
}
