using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LdmMl.Torch.Kernels;

/// <summary>float16 (IEEE 754 binary16), read as float32, which holds each of its values exactly. Weights are stored in it; no kernel writes it.</summary>
internal static unsafe class Float16Values
{
    /// <summary>The size of a value in bytes.</summary>
    public const int Size = sizeof(ushort);

    // Exponent and fraction go to the places that float32 has for them; what its exponent counts from differs by 112.
    private const int ToFraction = 13, SignExponentFraction = unchecked((int)0x8FFF_E000), Magnitude = int.MaxValue;
    private const int LargestExponent = 0x0F80_0000, NotFinite = 0x7F80_0000;
    private const float Rescale = 5.192296858534828e33f;         // 2^112

    /// <summary>Reads eight values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadEight(ushort* from)
    {
        var halves = Vector128.Load((short*)from);
        var wide = Avx2.IsSupported ? Avx2.ConvertToVector256Int32(halves) : Vector256.Create(Vector128.WidenLower(halves), Vector128.WidenUpper(halves));
        var bits = (wide << ToFraction) & Vector256.Create(SignExponentFraction);
        var finite = bits.AsSingle() * Vector256.Create(Rescale);
        var special = Vector256.GreaterThanOrEqual(bits & Vector256.Create(Magnitude), Vector256.Create(LargestExponent));
        return (finite.AsInt32() | (special & Vector256.Create(NotFinite))).AsSingle();
    }

    /// <summary>Reads any number of values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Widen(ushort* from, float* to, int count)
    {
        var at = 0;
        for (; at <= count - Vector256<float>.Count; at += Vector256<float>.Count)
            LoadEight(from + at).Store(to + at);
        for (; at < count; at++)
            to[at] = (float)BitConverter.UInt16BitsToHalf(from[at]);
    }
}
