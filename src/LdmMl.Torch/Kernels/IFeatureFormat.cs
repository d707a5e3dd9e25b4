using System.Runtime.Intrinsics;

namespace LdmMl.Torch.Kernels;

/// <summary>How numbers lie in memory, and how they become float32.</summary>
internal interface IFeatureFormat
{
    /// <summary>Gets the bytes of a number.</summary>
    static abstract int Size { get; }

    /// <summary>Reads eight numbers.</summary>
    static abstract unsafe Vector256<float> LoadEight(byte* start);

    /// <summary>Reads one number.</summary>
    static abstract unsafe float Load(byte* start);
}
