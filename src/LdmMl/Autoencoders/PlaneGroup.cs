using LdmMl.Torch.Tensors;
using TorchSharp;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace LdmMl.Autoencoders;

/// <summary>Rows of a batch that have one size, in one tensor, so that they go through the network together.</summary>
internal sealed class PlaneGroup(int channels, ImageSize size) : IDisposable
{
    private Tensor? _storage;

    public ImageSize Size => size;

    public int Count { get; private set; }

    /// <summary>Gets the slots of the batch that the rows belong to, in the tensor's order.</summary>
    public List<int> Slots { get; } = [];

    private int RowLength => channels * size.Height * size.Width;

    /// <summary>Appends a row and returns its planes [C, H, W], to be written.</summary>
    public Span<float> Append(int slot, int capacity)
    {
        EnsureRoom(capacity);
        Slots.Add(slot);
        return MemoryMarshal.Cast<byte, float>(_storage!.bytes).Slice(Count++ * RowLength, RowLength);
    }

    public void Clear()
    {
        Count = 0;
        Slots.Clear();
    }

    /// <summary>Gets the rows [Count, C, H, W], a view that the caller disposes.</summary>
    public Tensor Rows() => _storage!.narrow(0, 0, Count);

    public void Dispose() => _storage?.Dispose();

    /// <summary>Grows by doubling: where every image has a size of its own, none takes the room of a whole batch.</summary>
    private void EnsureRoom(int capacity)
    {
        long room = _storage?.shape[0] ?? 0;
        if (Count < room)
            return;
        Tensor grown = empty([Math.Min(capacity, Math.Max(1, 2 * room)), channels, size.Height, size.Width]).DetachFromDisposeScope();
        if (_storage is not null)
        {
            _storage.bytes.CopyTo(grown.bytes);
            _storage.Dispose();
        }

        _storage = grown;
    }
}
