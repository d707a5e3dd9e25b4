using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace LdmMl.Torch.Native;

/// <summary>
/// The memory of kernels' results. Where the process keeps freed memory, large results have a region of their own: libtorch's heap, which lays small
/// tensors between them, would grow to more than twice of what is in use.
/// </summary>
internal static unsafe class ResultMemory
{
    private const long SmallestOwn = 1 << 20;

    private static readonly Lazy<MemoryRegion?> Region = new(
        () => OperatingSystem.IsLinux() ? MemoryRegion.TryReserve(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes) : null);

    /// <summary>Creates a contiguous tensor on the CPU; its values are undefined.</summary>
    /// <param name="shape">Its shape.</param>
    /// <returns>The tensor, float32; the caller disposes it.</returns>
    public static Tensor Empty(ReadOnlySpan<long> shape)
    {
        var bytes = (long)sizeof(float);
        foreach (var side in shape)
            bytes = checked(bytes * side);
        if (bytes >= SmallestOwn && StripMemory.TryTake(bytes) is { } strip)
            return ForeignTensor.On(strip, shape, ScalarType.Float32, &StripMemory.Return);
        var block = TorchRuntime.KeepsFreedMemory && bytes >= SmallestOwn ? Region.Value?.TryTake(bytes) ?? 0 : 0;
        return block == 0 ? empty(shape, ScalarType.Float32, CPU) : ForeignTensor.On(block, shape, ScalarType.Float32, &Return);
    }

    /// <summary>Gives memory that no result uses back to the system.</summary>
    public static void Trim()
    {
        if (Region.IsValueCreated)
            Region.Value?.Trim();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Return(nint data) => Region.Value!.Return(data);
}
