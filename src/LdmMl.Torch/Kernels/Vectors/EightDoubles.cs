using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LdmMl.Torch.Kernels.Vectors;

/// <summary>Eight float32 values as float64, and back.</summary>
internal static unsafe class EightDoubles
{
    /// <summary>How many there are.</summary>
    public const int Count = 8;

    /// <summary>Reads eight float32 values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Load(float* source)
    {
        var values = Vector256.Load(source);
        if (Avx512F.IsSupported)
            return Avx512F.ConvertToVector512Double(values);
        var (lower, upper) = Vector256.Widen(values);
        return Vector512.Create(lower, upper);
    }

    /// <summary>Writes them, rounded to float32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Round(Vector512<double> values, float* target)
    {
        var rounded = Avx512F.IsSupported ? Avx512F.ConvertToVector256Single(values) : Vector256.Narrow(values.GetLower(), values.GetUpper());
        rounded.Store(target);
    }
}
