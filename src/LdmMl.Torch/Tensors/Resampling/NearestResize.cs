using System.Runtime.InteropServices;

namespace LdmMl.Torch.Tensors.Resampling;

/// <summary>Takes for each output pixel the input pixel under its centre.</summary>
internal static class NearestResize
{
    public static void Run(ReadOnlySpan<byte> source, ImageSize from, Span<byte> target, ImageSize to, int channels)
    {
        var columns = Positions(from.Width, to.Width);
        var rows = Positions(from.Height, to.Height);
        var sourceRow = from.Width * channels;
        var targetRow = to.Width * channels;
        for (var y = 0; y < to.Height; y++)
        {
            var row = target.Slice(y * targetRow, targetRow);
            if (y > 0 && rows[y] == rows[y - 1])
            {
                target.Slice((y - 1) * targetRow, targetRow).CopyTo(row);
                continue;
            }

            Pick(source.Slice(rows[y] * sourceRow, sourceRow), row, columns, channels);
        }
    }

    private static void Pick(ReadOnlySpan<byte> source, Span<byte> target, int[] columns, int channels)
    {
        if (channels == 4)
        {
            var from = MemoryMarshal.Cast<byte, uint>(source);
            var to = MemoryMarshal.Cast<byte, uint>(target);
            for (var x = 0; x < columns.Length; x++)
            {
                to[x] = from[columns[x]];
            }

            return;
        }

        for (var x = 0; x < columns.Length; x++)
        {
            source.Slice(columns[x] * channels, channels).CopyTo(target[(x * channels)..]);
        }
    }

    private static int[] Positions(int from, int to)
    {
        var positions = new int[to];
        var scale = (double)from / to;
        var position = scale * 0.5;
        for (var i = 0; i < to; i++)
        {
            positions[i] = Math.Min((int)position, from - 1);

            // A running sum, as in Pillow: a product would round differently.
            position += scale;
        }

        return positions;
    }
}
