namespace LdmMl.Torch.Training;

/// <summary>One of the batches whose gradients a step averages.</summary>
/// <param name="Value">The batch.</param>
/// <param name="Index">Its place in the step, from 0.</param>
/// <param name="IsOwn">Whether this process computes its gradient; otherwise it has shapes, but perhaps no values.</param>
internal readonly record struct MicroBatch<T>(T Value, int Index, bool IsOwn)
{
    public static implicit operator MicroBatch<T>(T value) => new(value, Index: 0, IsOwn: true);
}
