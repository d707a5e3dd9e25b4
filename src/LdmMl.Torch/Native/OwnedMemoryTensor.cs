using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace LdmMl.Torch.Native;

/// <summary>Tensors on memory that this library owns.</summary>
internal static unsafe partial class OwnedMemoryTensor
{
    // libtorch returns a tensor's memory by its address alone.
    private static readonly ConcurrentDictionary<nint, Action> Owners = new();

    /// <summary>Creates a contiguous tensor on the CPU.</summary>
    /// <param name="data">The address of its values, aligned to their size.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="type">Its number format.</param>
    /// <param name="returned">Called once no tensor uses the memory any more, on any thread.</param>
    /// <returns>The tensor, which the caller disposes; null if there is one at the address already.</returns>
    public static Tensor? TryCreate(nint data, long[] shape, ScalarType type, Action returned)
    {
        if (!Owners.TryAdd(data, returned))
            return null;
        fixed (long* sides = shape)
        {
            var handle = Create(data, &Return, (nint)sides, shape.Length, (sbyte)type, (sbyte)type, deviceType: 0, deviceIndex: 0, requiresGradient: 0);
            return handle == 0 ? throw new InvalidOperationException("libtorch could not create a tensor on memory of its caller.") : Tensor.UnsafeCreateTensor(handle);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Return(nint data)
    {
        if (Owners.TryRemove(data, out var returned))
            returned();
    }

    [LibraryImport("LibTorchSharp", EntryPoint = "THSTensor_new")]
    private static partial nint Create(
        nint data, delegate* unmanaged[Cdecl]<nint, void> deleter, nint sizes, int dimensions, sbyte type, sbyte kept, int deviceType, int deviceIndex,
        byte requiresGradient);
}
