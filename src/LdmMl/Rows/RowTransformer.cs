using LdmMl.Internals;
using LdmMl.Rows;
using LdmMl.Schemas;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>A transformer that appends columns, each row of them computed from the same row of its input.</summary>
/// <remarks>
/// Columns that are not requested are not computed, and input columns pass through unchanged.
/// It can be used from several threads at once; each cursor and each <c>PredictionEngine</c> belongs to one thread at a time.
/// </remarks>
public abstract class RowTransformer : ITransformer, IDisposable
{
    private readonly StoredModelKind kind;
    private readonly CancellationToken cancellationToken;

    /// <param name="environment">The environment.</param>
    /// <param name="kind">How this transformer is identified in a model file.</param>
    /// <param name="cancellationToken">Cancels the computation of rows.</param>
    private protected RowTransformer(IHostEnvironment environment, StoredModelKind kind, CancellationToken cancellationToken)
    {
        Host = environment.Register(GetType().Name);
        (this.kind, this.cancellationToken) = (kind, cancellationToken);
    }

    private protected IHost Host { get; }

    /// <inheritdoc/>
    bool ITransformer.IsRowToRowMapper => true;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An input column is missing, or its type does not fit.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(inputSchema);
        foreach (var column in Columns.Describe(inputSchema))
            builder.AddColumn(column.Name, column.Type, column.Annotations);
        return builder.ToSchema();
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An input column is missing, or its type does not fit.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new MappedDataView(this, input);
    }

    /// <inheritdoc/>
    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => new RowMapper(this, inputSchema);

    /// <inheritdoc/>
    void ICanSaveModel.Save(ModelSaveContext ctx) => ModelWriter.Save(ctx, kind, Write);

    /// <summary>Releases the model that this transformer holds. Open cursors keep theirs until they are closed.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    private protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>Gets the columns that are read and appended.</summary>
    internal abstract RowColumns Columns { get; }

    /// <summary>Gets whether computing outputs is faster with several cursors than with one.</summary>
    internal virtual bool GainsFromParallelCursors => true;

    /// <summary>Begins to compute the active outputs of one row after the other.</summary>
    internal abstract RowComputation ComputeRows(DataViewRow input, IReadOnlyList<bool> activeOutputs);

    /// <summary>Opens a cursor that computes outputs. The cursor owns the source.</summary>
    internal virtual DataViewRowCursor OpenCursor(DataViewRowCursor source, DataViewSchema schema, ColumnSelection selection) =>
        new RowByRowCursor(source, schema, selection, ComputeRows(source, selection.Outputs), ThrowIfCanceled);

    /// <exception cref="OperationCanceledException">The options' token, or the MLContext, is cancelled.</exception>
    private protected void ThrowIfCanceled()
    {
        cancellationToken.ThrowIfCancellationRequested();
        MlHost.ThrowIfCanceled(Host);
    }

    private protected abstract void Write(ModelWriter writer);
}
