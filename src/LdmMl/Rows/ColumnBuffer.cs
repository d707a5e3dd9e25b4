namespace LdmMl.Rows;

/// <summary>The values of one column in the rows of a batch: the source has moved on by the time they are requested.</summary>
internal abstract class ColumnBuffer : IDisposable
{
    /// <summary>Copies the value of the source's current row.</summary>
    public abstract void Read(int slot);

    public virtual void Dispose()
    {
    }
}

/// <summary>Values of a type that getters copy into their destination.</summary>
internal abstract class ColumnBuffer<T> : ColumnBuffer
{
    /// <summary>Copies a value to the destination of a getter.</summary>
    public abstract void Give(int slot, ref T destination);
}
