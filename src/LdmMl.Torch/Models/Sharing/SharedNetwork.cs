using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Kernels;
using LdmMl.Torch.Kernels.Winograd;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Sharing;

/// <summary>One network and the number of handles and running calls that hold it; the last one to release it frees the weights.</summary>
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
    public nn.Module Module { get; private set; }

    /// <summary>Gets the device of its weights.</summary>
    public Device Device { get; }

    /// <summary>Gets the number format that it computes in.</summary>
    public ModelPrecision Precision { get; }

    /// <summary>Gets the number of parameters.</summary>
    public long ParameterCount { get; }

    /// <summary>Gets the lock under which calls read the network, and under which only the search for non-finite values adds hooks to it.</summary>
    public ReaderWriterLockSlim Hooks { get; } = new(LockRecursionPolicy.NoRecursion);

    /// <summary>
    /// Computes how many bytes the transformed weights that layers keep take at most, in addition to the weights.
    /// </summary>
    /// <returns>The bytes, once every layer that keeps them has processed a small image; 0 if libtorch convolves in every mode.</returns>
    public long TransformedBytes(ConvolutionMode mode) =>
        Device.type == DeviceType.CPU && Precision == ModelPrecision.Float32
            ? Module.modules().OfType<IFastConvolution>().Where(layer => layer.CanBeFast).Sum(layer => BytesOf(layer.Weight, mode))
            : 0;

    /// <summary>
    /// Gets whether its weights are being trained: every call convolves directly then, because transformed weights would be stale.
    /// </summary>
    public bool IsLearning { get; private set; }

    /// <summary>Marks its weights as changing, until <see cref="Replace"/>.</summary>
    public void BeginLearning()
    {
        // Calls that are running may still read the weights.
        Hooks.EnterWriteLock();
        try
        {
            HalfWeight.Widen(Module);
            IsLearning = true;
        }
        finally
        {
            Hooks.ExitWriteLock();
        }
    }

    /// <summary>
    /// Replaces a trained network by a copy: weights that layers transformed before or meanwhile are stale, and are freed with the old
    /// one. No call may be running.
    /// </summary>
    /// <param name="copy">The same network with the same weights; this object takes ownership.</param>
    public void Replace(nn.Module copy)
    {
        var stale = Module;
        (Module, IsLearning) = (copy, false);
        stale.Dispose();
    }

    /// <summary>
    /// Gives up the memory of weights that are read from a mapped file, until they are next used: a network that has done its part leaves its room to
    /// the next one. The caller holds the network.
    /// </summary>
    public void Rest()
    {
        if (!IsLearning)
            MappedWeights.GiveUp(Module);
    }

    /// <summary>Acquires a hold, unless the weights have been freed.</summary>
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

    /// <summary>Releases a hold; the last one frees the weights.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref holders) != 0)
            return;
        Module.Dispose();
        Hooks.Dispose();
        ScratchMemory.Trim();
        TorchRuntime.ReleaseFreedMemory();
    }

    private static long BytesOf(Tensor weight, ConvolutionMode mode) =>
        ConvolutionChoice.ChooseForLarge(mode, weight.shape[1], weight.shape[0]) is { } tile
            ? WinogradConvolution.KeptBytes(tile, weight.shape[1], weight.shape[0]) : 0;
}
