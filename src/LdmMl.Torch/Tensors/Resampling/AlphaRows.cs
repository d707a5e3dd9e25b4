using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LdmMl.Torch.Tensors.Resampling;

/// <summary>Colours and alpha: filtered with colours multiplied by alpha.</summary>
internal readonly struct AlphaRows : IResizeRows
{
    private const int Block = 8;

    public static int Channels => 4;

    public static int RowsAtOnce => 1;

    public static void Pack(ReadOnlySpan<byte> rows, int count, Span<uint> packed)
    {
        var pixels = packed[..(rows.Length / 4)];
        MemoryMarshal.Cast<byte, uint>(rows).CopyTo(pixels);
        for (var x = 0; x < pixels.Length; x += Block)
        {
            PackedPixels.Premultiply(Vector256.Create(packed[x..])).CopyTo(packed[x..]);
        }
    }

    public static void Unpack(ReadOnlySpan<uint> packed, Span<byte> rows, int stride, int count) =>
        MemoryMarshal.AsBytes(packed).CopyTo(rows);

    public static void Finish(ReadOnlySpan<byte> filtered, Span<byte> target)
    {
        var x = 0;
        for (; x + 32 <= target.Length; x += 32)
        {
            PackedPixels.Unpremultiply(Vector256.Create(filtered[x..]).AsUInt32()).AsByte().CopyTo(target[x..]);
        }

        Span<byte> tail = stackalloc byte[32];
        filtered[x..].CopyTo(tail);
        PackedPixels.Unpremultiply(Vector256.Create<byte>(tail).AsUInt32()).AsByte().CopyTo(tail);
        tail[..(target.Length - x)].CopyTo(target[x..]);
    }
}
