using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LdmMl.Torch.Native;

/// <summary>
/// Makes libtorch and the native library of TorchSharp load on this machine, and sets how the process keeps freed memory.
/// Loading happens automatically when this assembly is first used; no call is needed.
/// </summary>
public static class TorchRuntime
{
    private static readonly Lazy<NativeLoadResult> Loading = new(NativeLoader.Load, LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>Gets whether <see cref="KeepFreedMemory"/> has taken effect in this process.</summary>
    public static bool KeepsFreedMemory { get; private set; }

    /// <summary>Gets the result of loading: folders, the adapted copy if one was needed, or the reason for the failure.</summary>
    internal static NativeLoadResult LoadResult => Loading.Value;

    /// <summary>Loads the native libraries unless they are loaded already.</summary>
    /// <exception cref="DllNotFoundException">They cannot be loaded; the message says why and what to do.</exception>
    public static void EnsureLoaded()
    {
        if (Loading.Value.Failure is { } failure)
            throw new TorchLoadException(failure);
    }

    /// <summary>
    /// Tells the C allocator to keep the memory of freed tensors for the next ones instead of returning it to the system,
    /// where every new tensor would pay for fresh pages: about a fifth of the time of a large decode.
    /// The process keeps more memory resident; closing a model returns it.
    /// </summary>
    /// <returns><see langword="true"/> where the allocator supports it (glibc); elsewhere nothing changes.</returns>
    public static bool KeepFreedMemory()
    {
        if (!KeepsFreedMemory && OperatingSystem.IsLinux())
            KeepsFreedMemory = CAllocator.TryKeepFreedMemory();
        return KeepsFreedMemory;
    }

    /// <summary>Returns kept memory that no tensor uses to the system; does nothing unless <see cref="KeepFreedMemory"/> is on.</summary>
    public static void ReleaseFreedMemory()
    {
        if (!KeepsFreedMemory)
            return;
        ResultMemory.Trim();
        CAllocator.Trim();
    }

    // TorchSharp loads its native library in a static constructor that this library does not control and whose failure is final,
    // so the libraries have to be loaded before any code of this assembly can use a tensor. A failure is kept and reported by EnsureLoaded.
    [ModuleInitializer]
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA2255", Justification = "Nothing later is early enough.")]
    internal static void LoadWithAssembly() => _ = Loading.Value;
}
