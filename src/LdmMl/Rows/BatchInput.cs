namespace LdmMl.Rows;

/// <summary>What the outputs of the rows of one batch are computed from. The thread that reads fills it; the one that consumes computes from it.</summary>
internal abstract class BatchInput : IDisposable
{
    /// <summary>Forgets all rows.</summary>
    public abstract void Clear();

    public abstract void Dispose();
}
