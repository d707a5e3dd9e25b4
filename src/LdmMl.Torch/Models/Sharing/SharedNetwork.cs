using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Sharing;

/// <summary>One network and the number of handles and running calls that hold it; the last to let go frees the weights.</summary>
internal sealed class SharedNetwork
{
    private int holders = 1;

    public SharedNetwork(nn.Module module, Device device, ModelPrecision precision)
    {
        Module = module;
        Device = device;
        Precision = precision;
        ParameterCount = module.parameters().Sum(parameter => parameter.numel());
    }

    /// <summary>Gets the network.</summary>
    public nn.Module Module { get; }

    /// <summary>Gets where its weights live.</summary>
    public Device Device { get; }

    /// <summary>Gets the number format that it computes in.</summary>
    public ModelPrecision Precision { get; }

    /// <summary>Gets how many numbers it has learnt.</summary>
    public long ParameterCount { get; }

    /// <summary>Gets the lock under which calls read the network, and under which only the search for non-finite values adds hooks to it.</summary>
    public ReaderWriterLockSlim Hooks { get; } = new(LockRecursionPolicy.NoRecursion);

    /// <summary>Takes hold, unless the weights are already gone.</summary>
    public bool TryAcquire()
    {
        var seen = Volatile.Read(ref holders);
        while (seen > 0)
        {
            var before = Interlocked.CompareExchange(ref holders, seen + 1, seen);
            if (before == seen)
                return true;
            seen = before;
        }

        return false;
    }

    /// <summary>Lets go; the last one frees the weights.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref holders) != 0)
            return;
        Module.Dispose();
        Hooks.Dispose();
        TorchRuntime.ReleaseFreedMemory();
    }
}
