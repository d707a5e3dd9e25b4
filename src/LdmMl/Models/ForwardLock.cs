using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Models;

/// <summary>Runs one forward pass at a time on the CPU.</summary>
/// <remarks>
/// A forward pass uses every core. Two at the same time, as in a chain of two transforms where the first is read ahead, make the
/// spinning threads of OpenMP wait for each other: together they take several times as long as one after the other.
/// </remarks>
internal static class ForwardLock
{
    private static readonly Lock Cpu = new();

    public static T Run<T>(Device device, Func<T> forward)
    {
        if (device.type != DeviceType.CPU || get_num_threads() == 1)
            return forward();
        lock (Cpu)
            return forward();
    }
}
