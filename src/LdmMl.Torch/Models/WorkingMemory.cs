using System.Globalization;
using LdmMl.Torch.Kernels;
using LdmMl.Torch.Native;
using LdmMl.Torch.Tensors;

namespace LdmMl.Torch.Models;

/// <summary>
/// The memory that images take on their way through a network, as far as its shape tells: a pass that cannot succeed is refused before it begins,
/// instead of ending the process. <c>tests/LdmMl.Benchmarks -- passes</c> prints estimates and measured peaks.
/// </summary>
internal static class WorkingMemory
{
    // Where freed memory is kept (TorchRuntime.KeepFreedMemory), fragmentation takes as much again.
    private const int Holes = 2;

    // Less than this is not worth asking the system how much is free.
    private const long Negligible = 256L << 20;

    /// <summary>Throws if a pass takes more memory than is free.</summary>
    /// <param name="network">The name of the network in messages.</param>
    /// <param name="size">The size of the images.</param>
    /// <param name="images">How many pass at once.</param>
    /// <param name="one">The bytes that one of them takes.</param>
    /// <param name="free">Returns how many bytes are free.</param>
    /// <param name="keepsFreed">Whether the process keeps freed memory.</param>
    /// <exception cref="WorkingMemoryException">There is not enough memory; the message says what to do.</exception>
    public static void Require(string network, ImageSize size, int images, long one, Func<long> free, bool keepsFreed)
    {
        var each = keepsFreed ? Holes * one : one;
        var needed = each * images;
        if (needed < Negligible || needed <= free())
            return;

        // What earlier passes left in the process is not free until it is given back; what this one needs of it comes again.
        if (keepsFreed)
            TorchRuntime.ReleaseFreedMemory();
        if (free() is var available && needed > available)
            throw new WorkingMemoryException(network, size, images, needed, available, fitting: (int)(available / each));
    }

    /// <summary>Gives back what one network left before another begins a large pass, which needs blocks of other sizes.</summary>
    /// <param name="needed">The bytes that the next pass takes.</param>
    public static void GiveBackBefore(long needed)
    {
        if (needed < Negligible)
            return;
        ScratchMemory.Trim();
        TorchRuntime.ReleaseFreedMemory();
    }

    /// <summary>Gets the bytes of memory that are free: of the machine, or of the container where that is less.</summary>
    public static long Free()
    {
        var info = GC.GetGCMemoryInfo();
        return Math.Min(
            info.TotalAvailableMemoryBytes - Environment.WorkingSet, LinuxAvailable() ?? info.TotalAvailableMemoryBytes - info.MemoryLoadBytes);
    }

    /// <summary>Gets the size of a value in bytes.</summary>
    public static long SizeOf(ModelPrecision precision) => precision == ModelPrecision.BFloat16 ? sizeof(ushort) : sizeof(float);

    private static long? LinuxAvailable()
    {
        const string Path = "/proc/meminfo", Entry = "MemAvailable:";
        if (!OperatingSystem.IsLinux() || !File.Exists(Path))
            return null;
        var line = File.ReadLines(Path).FirstOrDefault(line => line.StartsWith(Entry, StringComparison.Ordinal));
        var number = line?[Entry.Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
        return long.TryParse(number, CultureInfo.InvariantCulture, out var kibibytes) ? kibibytes << 10 : null;
    }
}
