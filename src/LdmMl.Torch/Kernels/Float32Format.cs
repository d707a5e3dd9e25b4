using System.Runtime.Intrinsics;

namespace LdmMl.Torch.Kernels;

/// <summary>32-bit floats.</summary>
internal readonly struct Float32Format : IFeatureFormat
{
    public static int Size => sizeof(float);

    public static unsafe Vector256<float> LoadEight(byte* start) => Vector256.Load((float*)start);

    public static unsafe float Load(byte* start) => *(float*)start;
}
