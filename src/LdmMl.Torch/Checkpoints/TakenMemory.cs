using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Checkpoints;

/// <summary>
/// The memory that parameters have taken over from the tensors of a checkpoint. Tensors of a PyTorch file may overlap: what two parameters would share
/// is copied for the second, or training one would change the other.
/// </summary>
internal sealed class TakenMemory
{
    private readonly SortedSet<(nint Start, nint End)> taken = new(Comparer<(nint Start, nint End)>.Create(
        (one, other) => one.End <= other.Start ? -1 : other.End <= one.Start ? 1 : 0));   // those that overlap count as equal

    /// <summary>Takes the memory of a contiguous tensor on the CPU, unless a part of it is taken.</summary>
    public unsafe bool TryTake(Tensor tensor)
    {
        if (tensor.NumberOfElements == 0)
            return false;
        var start = (nint)TensorPointer.Of(tensor);
        return taken.Add((start, start + (nint)TensorMemory.ByteCount(tensor)));
    }
}
