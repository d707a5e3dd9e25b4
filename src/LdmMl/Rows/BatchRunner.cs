namespace LdmMl.Rows;

/// <summary>Computes the outputs of many rows at once, for one cursor.</summary>
/// <remarks>Rows are read on the thread that reads ahead; everything else runs on the thread that consumes.</remarks>
internal abstract class BatchRunner : IDisposable
{
    /// <summary>Creates the input of a batch of up to <paramref name="capacity"/> rows; its owner disposes it before this runner.</summary>
    public abstract BatchInput CreateInput(int capacity);

    /// <summary>Copies what is needed from the source's current row.</summary>
    /// <param name="input">An input that <see cref="CreateInput"/> created.</param>
    /// <param name="slot">The row's place in the batch, counted from 0 without gaps.</param>
    public abstract void Read(BatchInput input, int slot);

    /// <summary>Computes the outputs of all rows of a batch; those of the previous batch are released.</summary>
    /// <param name="input">An input that <see cref="CreateInput"/> created.</param>
    public abstract void Compute(BatchInput input);

    /// <summary>Creates the <c>ValueGetter</c> of an active output.</summary>
    /// <param name="output">Index among the transformer's outputs.</param>
    /// <param name="computedSlot">Returns the current slot once the outputs of its batch have been computed.</param>
    public abstract Delegate MakeGetter(int output, Func<int> computedSlot);

    public abstract void Dispose();
}
