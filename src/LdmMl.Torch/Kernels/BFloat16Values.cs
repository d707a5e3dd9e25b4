using System.Runtime.Intrinsics;

namespace LdmMl.Torch.Kernels;

/// <summary>bf16, the upper half of a float32; written rounded to the nearest, ties to even.</summary>
internal readonly unsafe struct BFloat16Values : IValueFormat
{
    private const int HalfWidth = 16;

    /// <inheritdoc/>
    public static int Size => sizeof(ushort);

    /// <inheritdoc/>
    public static Vector512<float> Load(byte* from)
    {
        var (lower, upper) = Vector256.Widen(Vector256.Load((ushort*)from));
        return (Vector512.Create(lower, upper) << HalfWidth).AsSingle();
    }

    /// <inheritdoc/>
    public static void Store(Vector512<float> values, byte* to)
    {
        var bits = values.AsUInt32();
        var rounded = (bits + Vector512.Create(0x7FFFu) + ((bits >>> HalfWidth) & Vector512<uint>.One)) >>> HalfWidth;

        // Rounding would turn the NaN with the most bits into an infinity.
        var safe = Vector512.ConditionalSelect(Vector512.Equals(values, values).AsUInt32(), rounded, Vector512.Create(0x7FC0u));
        Vector256.Store(Vector256.Narrow(safe.GetLower(), safe.GetUpper()), (ushort*)to);
    }
}
