using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace LdmMl.Torch.Native;

/// <summary>Tensors on memory that libtorch has not allocated.</summary>
internal static unsafe partial class ForeignTensor
{
    /// <summary>Makes a contiguous tensor on the CPU.</summary>
    /// <param name="data">The address of its values.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="type">Its number format.</param>
    /// <param name="release">Called with the address when the last tensor on the memory is gone.</param>
    /// <returns>The tensor; the caller disposes it.</returns>
    public static Tensor On(nint data, ReadOnlySpan<long> shape, ScalarType type, delegate* unmanaged[Cdecl]<nint, void> release)
    {
        fixed (long* sides = shape)
        {
            var handle = Create(data, release, (nint)sides, shape.Length, (sbyte)type, (sbyte)type, deviceType: 0, deviceIndex: 0, requiresGradient: 0);
            return handle == 0 ? throw new InvalidOperationException("libtorch could not create a tensor on foreign memory.") : Tensor.UnsafeCreateTensor(handle);
        }
    }

    [LibraryImport("LibTorchSharp", EntryPoint = "THSTensor_new")]
    private static partial nint Create(
        nint data, delegate* unmanaged[Cdecl]<nint, void> deleter, nint sizes, int dimensions, sbyte type, sbyte kept, int deviceType, int deviceIndex,
        byte requiresGradient);
}
