namespace LdmMl.Models;

/// <summary>The network of a transformer: a handle of its own, so that the caller's may be disposed before it.</summary>
/// <param name="model">The handle, which this owns.</param>
/// <param name="holder">The name of the transformer, for messages.</param>
internal sealed class HeldModel<TModel>(TModel model, string holder) : IDisposable
    where TModel : class, IDisposable
{
    private volatile bool disposed;

    /// <summary>Gets the handle.</summary>
    /// <exception cref="ObjectDisposedException">The transformer is disposed.</exception>
    public TModel Value => !disposed
        ? model
        : throw new ObjectDisposedException(
            holder,
            "This transformer is disposed. A PredictionEngine disposes its transformer with itself, unless its options say OwnsTransformer = false.");

    public void Dispose()
    {
        disposed = true;
        model.Dispose();
    }
}
