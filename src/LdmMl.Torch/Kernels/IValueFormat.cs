using System.Runtime.Intrinsics;

namespace LdmMl.Torch.Kernels;

/// <summary>How numbers lie in memory that a kernel reads and writes as float32, sixteen at a time.</summary>
internal unsafe interface IValueFormat
{
    /// <summary>Gets the bytes of one number.</summary>
    static abstract int Size { get; }

    /// <summary>Reads sixteen numbers.</summary>
    static abstract Vector512<float> Load(byte* from);

    /// <summary>Writes sixteen numbers.</summary>
    static abstract void Store(Vector512<float> values, byte* to);
}
