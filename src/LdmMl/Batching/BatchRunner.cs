namespace LdmMl.Batching;

/// <summary>Computes the outputs of many rows at once, for one cursor.</summary>
/// <remarks>
/// A batch is gathered in one of two halves, so that one half can be read while the other is computed and served:
/// <see cref="Clear"/> and <see cref="Read"/> run on the thread that reads, everything else on the thread that consumes.
/// </remarks>
internal abstract class BatchRunner : IDisposable
{
    /// <summary>Forgets the rows of a half.</summary>
    public abstract void Clear(int half);

    /// <summary>Copies what is needed of the source's current row.</summary>
    public abstract void Read(int half, int slot);

    /// <summary>Computes the outputs of all rows of a half; those of the batch before are given up.</summary>
    public abstract void Compute(int half);

    /// <summary>Makes the <c>ValueGetter</c> of an active output.</summary>
    /// <param name="output">Index among the transformer's outputs.</param>
    /// <param name="computedSlot">Gives the current slot, after the outputs of its batch have been computed.</param>
    public abstract Delegate MakeGetter(int output, Func<int> computedSlot);

    public abstract void Dispose();
}
