using System.Runtime.Intrinsics;

namespace LdmMl.Torch.Kernels;

/// <summary>A storage format of values that a kernel reads and writes as float32, sixteen at a time.</summary>
internal unsafe interface IValueFormat
{
    /// <summary>Gets the size of a value in bytes.</summary>
    static abstract int Size { get; }

    /// <summary>Reads sixteen values.</summary>
    static abstract Vector512<float> Load(byte* from);

    /// <summary>Writes sixteen values.</summary>
    static abstract void Store(Vector512<float> values, byte* to);
}
