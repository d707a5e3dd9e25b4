using System.Runtime.Intrinsics;

namespace LdmMl.Torch.Kernels;

/// <summary>16-bit brain floats: the upper halves of 32-bit floats.</summary>
internal readonly struct BFloat16Format : IFeatureFormat
{
    private const int HalfWidth = 16;   // bits

    public static int Size => sizeof(ushort);

    public static unsafe Vector256<float> LoadEight(byte* start)
    {
        var (lower, upper) = Vector128.Widen(Vector128.Load((ushort*)start));
        return (Vector256.Create(lower, upper) << HalfWidth).AsSingle();
    }

    public static unsafe float Load(byte* start) => BitConverter.UInt32BitsToSingle((uint)*(ushort*)start << HalfWidth);
}
