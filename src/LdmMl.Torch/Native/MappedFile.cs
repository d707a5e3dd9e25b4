using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace LdmMl.Torch.Native;

/// <summary>
/// A file as memory: pages are read when they are first used, shared with the system's cache, and given up under pressure. What is written into them
/// stays in this process. The file must not be shortened meanwhile; it may be deleted, or replaced by renaming another.
/// </summary>
internal sealed unsafe class MappedFile : IDisposable
{
    /// <summary>From how many bytes on checkpoints are mapped. Smaller ones are read: then nothing depends on what becomes of the file.</summary>
    public const long SmallestLarge = 64L << 20;

    // libtorch returns a tensor's memory by its address alone.
    private static readonly ConcurrentDictionary<nint, MappedFile> Views = new();

    private readonly nint start;
    private readonly long length;
    private int holders = 1;

    private MappedFile(nint start, long length) => (this.start, this.length) = (start, length);

    /// <summary>Maps a file; null where the system cannot.</summary>
    public static MappedFile? TryOpen(FileStream file)
    {
        if (!OperatingSystem.IsLinux() || file.Length == 0)
            return null;
        var mapped = SystemPages.TryMap(file);
        return mapped == 0 ? null : new MappedFile(mapped, file.Length);
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
        if (!Views.TryAdd(data, this))
            return null;
        _ = Interlocked.Increment(ref holders);
        return ForeignTensor.On(data, shape, type, &Return);
    }

    /// <summary>
    /// Gives up the memory of those ranges of addresses that are views of files, until they are next used. Nobody may be writing into them; what was
    /// written before stays.
    /// </summary>
    /// <param name="ranges">Where each begins and ends.</param>
    public static void GiveUp(IEnumerable<(nint Start, nint End)> ranges)
    {
        var files = Views.Values.Distinct().ToArray();
        if (files.Length == 0)
            return;

        // Tensors that lie side by side share pages.
        (nint Start, nint End) joined = default;
        foreach (var range in ranges.Where(range => files.Any(file => file.Contains(range))).Order())
        {
            if (range.Start - joined.End >= SystemPages.Size)
            {
                CleanPages.GiveUp(joined.Start, joined.End);
                joined = range;
            }

            joined.End = Math.Max(joined.End, range.End);
        }

        CleanPages.GiveUp(joined.Start, joined.End);
    }

    /// <summary>Gives the file up, as soon as no tensor views it.</summary>
    public void Dispose() => Release();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Return(nint data)
    {
        if (Views.TryRemove(data, out var file))
            file.Release();
    }

    private bool Contains((nint Start, nint End) range) => range.Start >= start && range.End <= start + (nint)length;

    private void Release()
    {
        if (Interlocked.Decrement(ref holders) == 0)
            _ = SystemPages.Return(start, (nint)length);
    }
}
