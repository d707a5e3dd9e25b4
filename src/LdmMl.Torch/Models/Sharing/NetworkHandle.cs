using LdmMl.Torch.Layers;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Sharing;

/// <summary>A reference to a shared network, from its creation to its disposal: what an opened model keeps.</summary>
/// <param name="network">The network; the new handle takes over a hold on it.</param>
/// <param name="owner">The kind of model, for messages.</param>
/// <param name="convolutions">The convolution mode of calls through this handle.</param>
/// <param name="memoryBudget">The bytes that a call through this handle may take; null for a share of those that are free.</param>
internal sealed class NetworkHandle(
    SharedNetwork network, Type owner, ConvolutionMode convolutions = ConvolutionMode.Auto, long? memoryBudget = null) : IDisposable
{
    private int disposed;

    /// <summary>Gets the network.</summary>
    public SharedNetwork Network => network;

    /// <summary>Gets the convolution mode of calls through this handle.</summary>
    public ConvolutionMode Convolutions => convolutions;

    /// <summary>Gets the bytes that a call through this handle may take; null for a share of those that are free.</summary>
    public long? MemoryBudget => memoryBudget;

    /// <summary>Opens another handle to the same network.</summary>
    /// <exception cref="ObjectDisposedException">This handle is disposed.</exception>
    public NetworkHandle Share() => With(convolutions);

    /// <summary>Opens another handle to the same network for another kind of model.</summary>
    /// <exception cref="ObjectDisposedException">This handle is disposed.</exception>
    public NetworkHandle Share(Type otherOwner) => new(Acquire(), otherOwner, convolutions, memoryBudget);

    /// <summary>Opens another handle to the same network with a different convolution mode.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such mode.</exception>
    /// <exception cref="ObjectDisposedException">This handle is disposed.</exception>
    public NetworkHandle With(ConvolutionMode convolutions)
    {
        ConvolutionArguments.Check(convolutions, nameof(convolutions));
        return new(Acquire(), owner, convolutions, memoryBudget);
    }

    /// <summary>Opens another handle to the same network with a different memory budget.</summary>
    /// <exception cref="ObjectDisposedException">This handle is disposed.</exception>
    public NetworkHandle WithMemoryBudget(long? bytes) => new(Acquire(), owner, convolutions, bytes);

    /// <summary>Creates a handle to another network, for the same kind of model and with the same convolution mode.</summary>
    /// <param name="other">The network; the new handle takes over a hold on it.</param>
    public NetworkHandle On(SharedNetwork other) => new(other, owner, convolutions, memoryBudget);

    /// <summary>Holds the weights during a call, so that disposing the last handle meanwhile frees them only when the call ends.</summary>
    /// <exception cref="ObjectDisposedException">This handle is disposed.</exception>
    public T Hold<T>(Func<T> call)
    {
        Acquire();
        try
        {
                using var scope = new ConvolutionScope(network.IsLearning ? ConvolutionMode.Direct : convolutions);
            return call();
        }
        finally
        {
            network.Release();
        }
    }

    /// <inheritdoc cref="Hold{T}(Func{T})"/>
    public void Hold(Action call) => Hold(() =>
    {
        call();
        return true;
    });

    /// <summary>Holds the weights during a call that reads them.</summary>
    /// <param name="call">Receives the network.</param>
    /// <exception cref="ObjectDisposedException">This handle is disposed.</exception>
    public T HoldWeights<T>(Func<nn.Module, T> call) => Hold(() => call(network.Module));

    /// <inheritdoc cref="HoldWeights{T}(Func{nn.Module, T})"/>
    public void HoldWeights(Action<nn.Module> call) => HoldWeights(module =>
    {
        call(module);
        return true;
    });

    /// <summary>Computes <see cref="SharedNetwork.TransformedBytes"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such mode.</exception>
    /// <exception cref="ObjectDisposedException">This handle is disposed.</exception>
    public long TransformedBytes(ConvolutionMode convolutions)
    {
        ConvolutionArguments.Check(convolutions, nameof(convolutions));
        return Hold(() => network.TransformedBytes(convolutions));
    }

    /// <summary>Closes the handle; closing it again does nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0)
            network.Release();
    }

    private SharedNetwork Acquire()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref disposed) != 0 || !network.TryAcquire(), owner);
        return network;
    }
}
