using LdmMl.Torch.Layers;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Sharing;

/// <summary>A reference to a shared network, from its creation to its disposal: what an opened model keeps.</summary>
/// <param name="network">The network; the new handle takes over a hold on it.</param>
/// <param name="owner">The kind of model, for messages.</param>
/// <param name="convolutions">The convolution mode of calls through this handle.</param>
internal sealed class NetworkHandle(SharedNetwork network, Type owner, ConvolutionMode convolutions = ConvolutionMode.Auto) : IDisposable
{
    private int disposed;

    /// <summary>Gets the network.</summary>
    public SharedNetwork Network => network;

    /// <summary>Gets the convolution mode of calls through this handle.</summary>
    public ConvolutionMode Convolutions => convolutions;

    /// <summary>Opens another handle to the same network.</summary>
    /// <exception cref="ObjectDisposedException">This handle is disposed.</exception>
    public NetworkHandle Share() => With(convolutions);

    /// <summary>Opens another handle to the same network for another kind of model.</summary>
    /// <exception cref="ObjectDisposedException">This handle is disposed.</exception>
    public NetworkHandle Share(Type otherOwner) => new(Acquire(), otherOwner, convolutions);

    /// <summary>Opens another handle to the same network with a different convolution mode.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such mode.</exception>
    /// <exception cref="ObjectDisposedException">This handle is disposed.</exception>
    public NetworkHandle With(ConvolutionMode convolutions)
    {
        ConvolutionArguments.Check(convolutions, nameof(convolutions));
        network.CheckMode(convolutions);
        return new(Acquire(), owner, convolutions);
    }

    /// <summary>Creates a handle to another network, for the same kind of model and with the same convolution mode.</summary>
    /// <param name="other">The network; the new handle takes over a hold on it.</param>
    public NetworkHandle On(SharedNetwork other) => new(other, owner, convolutions);

    /// <summary>Holds the weights during a call, so that disposing the last handle meanwhile frees them only when the call ends.</summary>
    /// <exception cref="ObjectDisposedException">This handle is disposed.</exception>
    public T Hold<T>(Func<T> call)
    {
        Acquire();
        try
        {
            network.CheckMode(convolutions);
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

    /// <summary>Holds the weights during a call that reads them, so that they are not released meanwhile.</summary>
    /// <param name="call">Receives the network.</param>
    /// <exception cref="InvalidOperationException">They have been released.</exception>
    /// <exception cref="ObjectDisposedException">This handle is disposed.</exception>
    public T HoldWeights<T>(Func<nn.Module, T> call) => Hold(() =>
    {
        network.Hooks.EnterReadLock();
        try
        {
            return call(WithWeights);
        }
        finally
        {
            network.Hooks.ExitReadLock();
        }
    });

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

    /// <summary>Releases the network's own weights of fast convolutions as soon as they are transformed.</summary>
    /// <exception cref="ObjectDisposedException">This handle is disposed.</exception>
    public void KeepOnlyTransformed() => Hold(() => network.KeepOnlyTransformed(convolutions));

    /// <summary>Gets the network with weights that can be copied, written and trained.</summary>
    /// <exception cref="InvalidOperationException">They have been released.</exception>
    public nn.Module WithWeights => network.OnlyMode is null
        ? network.Module
        : throw new InvalidOperationException(
            "This model has only transformed weights left, because KeepOnlyTransformedWeights was called: "
            + "it can compute, but not be saved, converted, hashed or trained. Open its files again for that.");

    private SharedNetwork Acquire()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref disposed) != 0 || !network.TryAcquire(), owner);
        return network;
    }
}
