using LdmMl.Batching;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>A transformer that holds a network: a handle of its own, so that the caller's may be disposed before it.</summary>
/// <typeparam name="TModel">The handle.</typeparam>
public abstract class ModelTransformer<TModel> : BatchTransformer
    where TModel : class, IDisposable
{
    private readonly TModel model;
    private bool disposed;

    /// <param name="environment">The environment.</param>
    /// <param name="name">The transformer's name.</param>
    /// <param name="model">A handle that this transformer takes over.</param>
    /// <param name="options">How rows are gathered into batches.</param>
    private protected ModelTransformer(IHostEnvironment environment, string name, TModel model, ModelTransformOptions options)
        : base(environment, name)
    {
        this.model = model;
        Batching = new BatchSettings(options.BatchSize, options.Prefetch);
    }

    internal override BatchSettings Batching { get; }

    /// <summary>Gets the handle that this transformer holds.</summary>
    /// <exception cref="ObjectDisposedException">This transformer is disposed.</exception>
    internal TModel Model => !disposed
        ? model
        : throw new ObjectDisposedException(
            GetType().Name,
            "This transformer is disposed. A PredictionEngine disposes its transformer with itself, unless its options say OwnsTransformer = false.");

    /// <inheritdoc/>
    private protected override void Dispose(bool disposing)
    {
        disposed = true;
        if (disposing)
            model.Dispose();
        base.Dispose(disposing);
    }
}
