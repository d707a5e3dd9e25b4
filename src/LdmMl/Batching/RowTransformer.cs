using LdmMl.Batching;
using LdmMl.Internals;
using LdmMl.Schemas;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>A transformer that appends columns, each row of them computed from the same row of its input.</summary>
/// <remarks>
/// Nothing is computed for a column that nobody asks for, and input columns pass through unchanged.
/// It can be used from several threads at once; each cursor and each <c>PredictionEngine</c> belongs to one thread at a time.
/// </remarks>
public abstract class RowTransformer : ITransformer, IDisposable
{
    private protected RowTransformer(IHostEnvironment environment, string name) => Host = environment.Register(name);

    private protected IHost Host { get; }

    /// <inheritdoc/>
    bool ITransformer.IsRowToRowMapper => true;

    /// <summary>Gets what this transformer is stored under in a model file.</summary>
    internal abstract StoredModelKind StoredKind { get; }

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
    void ICanSaveModel.Save(ModelSaveContext ctx) => ModelWriter.Save(ctx, StoredKind, Write);

    /// <summary>Releases the model that this transformer holds. Cursors that are open keep theirs until they are closed.</summary>
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

    /// <summary>Begins computing the active outputs of one row after the other.</summary>
    internal abstract RowComputation ComputeRows(DataViewRow input, IReadOnlyList<bool> activeOutputs);

    /// <summary>Opens a cursor that computes outputs; takes the source over.</summary>
    internal virtual DataViewRowCursor OpenCursor(DataViewRowCursor source, DataViewSchema schema, ColumnSelection selection) =>
        new RowByRowCursor(source, schema, selection, ComputeRows(source, selection.Outputs));

    /// <summary>Gets whether several cursors at once are faster than one, when outputs are computed.</summary>
    internal virtual bool GainsFromParallelCursors => true;

    private protected abstract void Write(ModelWriter writer);

    private protected static StoredModelKind StoredKindOf<TTransformer>()
        where TTransformer : IStoredTransformer<TTransformer> =>
        TTransformer.Kind;
}
