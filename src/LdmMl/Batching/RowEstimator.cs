using LdmMl.Schemas;
using Microsoft.ML;

namespace LdmMl;

/// <summary>Makes a transformer that appends columns; nothing is learnt.</summary>
/// <typeparam name="TTransformer">The transformer.</typeparam>
public abstract class RowEstimator<TTransformer> : IEstimator<TTransformer>
    where TTransformer : RowTransformer
{
    private protected RowEstimator()
    {
    }

    private protected abstract RowColumns Columns { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A column is missing, or its type does not fit.</exception>
    public TTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        Columns.Describe(input.Schema);
        return Create();
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A column is missing, or its type does not fit.</exception>
    /// <remarks>
    /// A SchemaShape says of a vector that it has a size, not which: what is promised here may say less than the transformer's schema.
    /// </remarks>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return Columns.Promise(inputSchema);
    }

    private protected abstract TTransformer Create();
}
