using LdmMl.Models;
using LdmMl.Rows;
using LdmMl.Schemas;
using LdmMl.Torch.Models.Sharing;
using LdmMl.Internals;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>A transformer that runs a network on many rows at once.</summary>
/// <typeparam name="TModel">The model that holds the network.</typeparam>
/// <remarks>
/// It holds a separate handle to the model, so the caller's may be disposed before it. A row's values do not depend on the other rows that are
/// computed with it.
/// </remarks>
public abstract class ModelTransformer<TModel> : RowTransformer
    where TModel : ModelHandle<TModel>
{
    private readonly TModel model;
    private readonly ModelTransformOptions options;
    private volatile bool disposed;

    /// <param name="environment">The environment.</param>
    /// <param name="kind">How this transformer is identified in a model file.</param>
    /// <param name="model">The model, to which this opens a separate handle.</param>
    /// <param name="options">How the network runs.</param>
    /// <param name="columns">Returns the columns that are read and appended, given the handle.</param>
    private protected ModelTransformer(
        IHostEnvironment environment, StoredModelKind kind, TModel model, ModelTransformOptions options, Func<TModel, RowColumns> columns)
        : base(environment, kind, options.CancellationToken)
    {
        this.options = options;
        this.model = DeviceChoice.Open(model, options, environment);
        Columns = columns(this.model);
    }

    internal sealed override RowColumns Columns { get; }

    /// <summary>Gets the handle.</summary>
    /// <exception cref="ObjectDisposedException">This transformer is disposed.</exception>
    internal TModel Model => !disposed
        ? model
        : throw new ObjectDisposedException(
            GetType().Name,
            "This transformer is disposed. A PredictionEngine disposes its transformer unless its options say OwnsTransformer = false.");

    // A forward pass uses every core already.
    internal sealed override bool GainsFromParallelCursors => false;

    internal sealed override RowComputation ComputeRows(DataViewRow input, IReadOnlyList<bool> activeOutputs) =>
        new SingleRowComputation(CreateRunner(input, activeOutputs), input, ThrowIfCanceled);

    internal sealed override DataViewRowCursor OpenCursor(DataViewRowCursor source, DataViewSchema schema, ColumnSelection selection) =>
        BatchCursor.Open(
            source, schema, selection, CreateRunner(source, selection.Outputs), options.BatchSize, options.Prefetch, ThrowIfCanceled);

    /// <summary>Creates what computes the active outputs from an input, with a separate handle: an open cursor outlives its transformer.</summary>
    private protected abstract BatchRunner CreateRunner(DataViewRow input, IReadOnlyList<bool> activeOutputs);

    /// <summary>Gets the options to store: with the precision and the convolution mode that the network runs with.</summary>
    private protected TOptions AsRun<TOptions>(TOptions options)
        where TOptions : ModelTransformOptions =>
        options with { Precision = Model.Precision, Convolutions = Model.Convolutions };

    private protected sealed override void Dispose(bool disposing)
    {
        if (disposing)
        {
            disposed = true;
            model.Dispose();
        }

        base.Dispose(disposing);
    }
}
