using Microsoft.Extensions.ObjectPool;
using Microsoft.ML;

namespace ImageService.Engines;

/// <summary>Lends prediction engines: an engine serves one thread at a time and takes a while to create.</summary>
/// <param name="create">Creates an engine.</param>
internal sealed class EnginePool<TRow, TResult>(Func<PredictionEngine<TRow, TResult>> create) : IDisposable
    where TRow : class
    where TResult : class, new()
{
    private readonly ObjectPool<PredictionEngine<TRow, TResult>> pool = new DefaultObjectPoolProvider().Create(new Policy(create));

    /// <summary>Predicts a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="copy">Copies what is needed: the images of a result belong to the engine, and the next borrower overwrites them.</param>
    public T Predict<T>(TRow row, Func<TResult, T> copy)
    {
        var engine = pool.Get();
        try
        {
            var result = copy(engine.Predict(row));
            pool.Return(engine);
            return result;
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    public void Dispose() => (pool as IDisposable)?.Dispose();

    private sealed class Policy(Func<PredictionEngine<TRow, TResult>> create) : PooledObjectPolicy<PredictionEngine<TRow, TResult>>
    {
        public override PredictionEngine<TRow, TResult> Create() => create();

        public override bool Return(PredictionEngine<TRow, TResult> obj) => true;
    }
}
