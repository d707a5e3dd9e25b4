using System.Runtime.Intrinsics;

namespace LdmMl.Torch.Tensors.Resampling;

/// <summary>Three channels; the fourth lane stays empty.</summary>
internal readonly struct ColorRows : IResizeRows
{
    private const int Block = 8;

    public static int Channels => 3;

    public static int RowsAtOnce => 1;

    public static void Pack(ReadOnlySpan<byte> rows, int count, Span<uint> packed)
    {
        var x = 0;
        for (; (x + Block) * 3 <= rows.Length; x += Block)
        {
            Rgb24Format.Load(rows.Slice(x * 3, Block * 3)).CopyTo(packed[x..]);
        }

        Span<byte> tail = stackalloc byte[Block * 3];
        rows[(x * 3)..].CopyTo(tail);
        Rgb24Format.Load(tail).CopyTo(packed[x..]);
    }

    public static void Unpack(ReadOnlySpan<uint> packed, Span<byte> rows, int stride, int count)
    {
        for (var x = 0; x < packed.Length; x += Block)
        {
            Rgb24Format.Store(Vector256.Create(packed[x..]), rows.Slice(x * 3, Block * 3));
        }
    }

    public static void Finish(ReadOnlySpan<byte> filtered, Span<byte> target) => filtered.CopyTo(target);
}
