using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LdmMl.Torch.Kernels;

/// <summary>float32, unchanged.</summary>
internal readonly unsafe struct Float32Values : IValueFormat
{
    /// <inheritdoc/>
    public static int Size => sizeof(float);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(byte* from) => Vector512.Load((float*)from);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> values, byte* to) => Vector512.Store(values, (float*)to);
}
