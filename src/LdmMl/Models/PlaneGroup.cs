using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Models;

/// <summary>Rows of a batch that have one size, in one tensor, so that they go through the network together.</summary>
internal sealed class PlaneGroup(int channels, ImageSize size) : IDisposable
{
    private PlaneTensor? storage;

    public ImageSize Size => size;

    /// <summary>Gets the slots of the batch that the rows belong to, in the tensor's order.</summary>
    public List<int> Slots { get; } = [];

    public int Count => Slots.Count;

    /// <summary>Appends a row and returns its planes [C, H, W], to be written.</summary>
    public Span<float> Append(int slot, int capacity)
    {
        if (storage is null || Count == storage.Count)
            Grow(capacity);
        Slots.Add(slot);
        return storage!.Row(Count - 1);
    }

    public void Clear() => Slots.Clear();

    /// <summary>Gets the rows [Count, C, H, W], a view that the caller disposes.</summary>
    public Tensor Rows() => storage!.Rows.narrow(0, 0, Count);

    /// <summary>Gets the planes [C, H, W] of a row.</summary>
    public ReadOnlySpan<float> Row(int index) => storage!.Row(index);

    public void Dispose() => storage?.Dispose();

    /// <summary>Grows by doubling: if every image has a different size, none takes the memory of a whole batch.</summary>
    private void Grow(int capacity)
    {
        var room = Math.Min(capacity, Math.Max(1, 2 * Count));
        var grown = new PlaneTensor(empty([room, channels, size.Height, size.Width]).DetachFromDisposeScope());
        for (var row = 0; row < Count; row++)
            storage!.Row(row).CopyTo(grown.Row(row));
        storage?.Dispose();
        storage = grown;
    }
}
