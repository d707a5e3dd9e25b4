namespace LdmMl.Torch.Kernels.Threads;

/// <summary>Numbered pieces of work that threads take one after the other, so that a slow thread takes fewer.</summary>
internal sealed class WorkList(int count)
{
    private int taken;

    /// <summary>Takes the next piece.</summary>
    /// <returns><see langword="false"/> when all are taken.</returns>
    public bool TryTake(out int piece)
    {
        piece = Interlocked.Increment(ref taken) - 1;
        return piece < count;
    }
}
