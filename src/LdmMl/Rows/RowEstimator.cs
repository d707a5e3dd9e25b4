using LdmMl.Schemas;
using Microsoft.ML;

namespace LdmMl.Rows;

/// <summary>Creates a transformer that appends columns. Nothing is trained: <c>Fit</c> only checks the schema.</summary>
internal sealed class RowEstimator : IEstimator<RowTransformer>
{
    private readonly RowColumns columns;
    private readonly Func<RowTransformer> create;

    /// <param name="columns">The columns that are read and appended.</param>
    /// <param name="create">Creates the transformer.</param>
    internal RowEstimator(RowColumns columns, Func<RowTransformer> create) => (this.columns, this.create) = (columns, create);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A column is missing, or its type does not fit.</exception>
    public RowTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        columns.Describe(input.Schema);
        return create();
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A column is missing, or its type does not fit.</exception>
    /// <remarks>
    /// A SchemaShape says that a vector has a fixed size, but not which: the promise may be less specific than the transformer's schema.
    /// </remarks>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return columns.Promise(inputSchema);
    }
}
