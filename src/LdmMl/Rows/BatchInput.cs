namespace LdmMl.Rows;

/// <summary>
/// What the outputs of the rows of one batch are computed from. The reading thread fills it; the consuming thread computes from it.
/// </summary>
internal abstract class BatchInput : IDisposable
{
    /// <summary>Removes all rows.</summary>
    public abstract void Clear();

    public abstract void Dispose();
}
