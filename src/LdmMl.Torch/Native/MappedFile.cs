using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace LdmMl.Torch.Native;

/// <summary>
/// A file as memory: pages are read when they are first used, shared with the system's cache, and given up under pressure. What is written into them
/// stays in this process. The file must not be shortened meanwhile; it may be deleted, or replaced by renaming another.
/// </summary>
internal sealed partial class MappedFile : IDisposable
{
    private const int ReadWrite = 0x1 | 0x2, PrivateUnreserved = 0x2 | 0x4000;   // PROT_ and MAP_ of mman.h
    private const nint Refused = -1;

    private readonly nint start;
    private readonly long length;
    private int holders = 1;

    private MappedFile(nint start, long length) => (this.start, this.length) = (start, length);

    /// <summary>Maps a file; null where the system cannot.</summary>
    public static MappedFile? TryOpen(FileStream file)
    {
        if (!OperatingSystem.IsLinux() || file.Length == 0)
            return null;
        var mapped = Map(0, (nuint)file.Length, ReadWrite, PrivateUnreserved, (int)file.SafeFileHandle.DangerousGetHandle(), 0);
        GC.KeepAlive(file);
        return mapped == Refused ? null : new MappedFile(mapped, file.Length);
    }

    /// <summary>Views a part of the file as a tensor. The file stays mapped until the last tensor on it is gone.</summary>
    /// <param name="offset">Where it begins, in bytes.</param>
    /// <param name="bytes">How many bytes it has.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="type">Its number format.</param>
    /// <param name="valueSize">The size of a value; each must begin at a multiple of it.</param>
    /// <returns>A tensor that the caller disposes; null if it cannot be read in place.</returns>
    public Tensor? TryView(long offset, long bytes, long[] shape, ScalarType type, int valueSize)
    {
        var data = start + (nint)offset;
        if (bytes == 0 || data % valueSize != 0)
            return null;
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, length - offset);
        _ = Interlocked.Increment(ref holders);
        var view = OwnedMemoryTensor.TryCreate(data, shape, type, Release);
        if (view is null)
            Release();
        return view;
    }

    /// <summary>Gives the file up, as soon as no tensor views it.</summary>
    public void Dispose() => Release();

    private void Release()
    {
        if (Interlocked.Decrement(ref holders) == 0)
            _ = Unmap(start, (nuint)length);
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);
}
