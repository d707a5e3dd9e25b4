using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LdmMl.Torch.Kernels;

/// <summary>bf16, the upper half of a float32; written rounded to the nearest, ties to even.</summary>
internal readonly unsafe struct BFloat16Values : IValueFormat
{
    private const int HalfWidth = 16;

    /// <inheritdoc/>
    public static int Size => sizeof(ushort);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(byte* from)
    {
        var values = Vector256.Load((ushort*)from);
        if (Avx512F.IsSupported)
            return (Avx512F.ConvertToVector512UInt32(values) << HalfWidth).AsSingle();
        var (lower, upper) = Vector256.Widen(values);
        return (Vector512.Create(lower, upper) << HalfWidth).AsSingle();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> values, byte* to)
    {
        // A NaN that results from arithmetic has no low bits set, so truncation keeps it a NaN.
        var bits = values.AsUInt32();
        var rounded = (bits + Vector512.Create(0x7FFFu) + ((bits >>> HalfWidth) & Vector512<uint>.One)) >>> HalfWidth;
        var halves = Avx512F.IsSupported ? Avx512F.ConvertToVector256UInt16(rounded) : Vector256.Narrow(rounded.GetLower(), rounded.GetUpper());
        Vector256.Store(halves, (ushort*)to);
    }
}
