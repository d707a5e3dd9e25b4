namespace LdmMl.Rows;

/// <summary>Computes the outputs of its input's current row.</summary>
internal abstract class RowComputation : IDisposable
{
    /// <summary>Creates the <c>ValueGetter</c> of an active output.</summary>
    public abstract Delegate MakeGetter(int output);

    public abstract void Dispose();
}
