namespace LdmMl.Torch.Kernels.Threads;

/// <summary>Numbered work items that threads take one by one, so that a slow thread takes fewer.</summary>
internal sealed class WorkList(int count)
{
    private int taken;

    /// <summary>Takes the next item.</summary>
    /// <returns><see langword="false"/> when all are taken.</returns>
    public bool TryTake(out int piece)
    {
        piece = Interlocked.Increment(ref taken) - 1;
        return piece < count;
    }
}
