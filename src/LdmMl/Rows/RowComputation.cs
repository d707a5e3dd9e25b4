namespace LdmMl.Rows;

/// <summary>Computes the outputs of the row on which its input stands.</summary>
internal abstract class RowComputation : IDisposable
{
    /// <summary>Makes the <c>ValueGetter</c> of an active output.</summary>
    public abstract Delegate MakeGetter(int output);

    public abstract void Dispose();
}
