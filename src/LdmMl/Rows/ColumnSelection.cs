using Microsoft.ML;

namespace LdmMl.Rows;

/// <summary>The columns that a consumer requested, split into inputs to pass through and outputs to compute.</summary>
internal sealed class ColumnSelection
{
    private readonly bool[] outputs;
    private readonly SortedSet<int> passThrough = [];
    private readonly int inputCount;

    /// <param name="needed">Columns of the output schema, in which the outputs follow the inputs.</param>
    /// <param name="inputCount">How many columns the input schema has.</param>
    /// <param name="outputCount">How many columns the transformer appends.</param>
    public ColumnSelection(IEnumerable<DataViewSchema.Column> needed, int inputCount, int outputCount)
    {
        this.inputCount = inputCount;
        outputs = new bool[outputCount];
        foreach (var column in needed)
        {
            if (column.Index < inputCount)
                passThrough.Add(column.Index);
            else
                outputs[column.Index - inputCount] = true;
        }
    }

    /// <summary>Gets the indices of the input columns to pass through, ascending.</summary>
    public IReadOnlyCollection<int> PassThrough => passThrough;

    /// <summary>Gets whether each output is requested.</summary>
    public IReadOnlyList<bool> Outputs => outputs;

    /// <summary>Gets whether any output is requested.</summary>
    public bool Computes => outputs.AsSpan().Contains(true);

    /// <summary>Whether a column of the output schema was requested.</summary>
    public bool IsActive(DataViewSchema.Column column) =>
        column.Index < inputCount ? passThrough.Contains(column.Index) : outputs[column.Index - inputCount];

    /// <summary>Gets the output that a column of the output schema is, or null for an input.</summary>
    /// <exception cref="InvalidOperationException">The column was not requested.</exception>
    public int? OutputOf(DataViewSchema.Column column)
    {
        if (!IsActive(column))
            throw new InvalidOperationException($"Column '{column.Name}' is not active: name it among the columns needed when the cursor is opened.");
        return column.Index < inputCount ? null : column.Index - inputCount;
    }

    /// <summary>Casts a getter to the type that is requested, as ML.NET's own rows do.</summary>
    /// <exception cref="InvalidOperationException">The column holds another type.</exception>
    public static ValueGetter<TValue> Cast<TValue>(Delegate getter, DataViewSchema.Column column) =>
        getter as ValueGetter<TValue>
            ?? throw new InvalidOperationException($"Column '{column.Name}' holds {column.Type.RawType}, not {typeof(TValue)}.");

    /// <summary>Lists the input columns that must be read: those passed through, and those that the outputs are computed from.</summary>
    public IEnumerable<DataViewSchema.Column> InputsNeeded(DataViewSchema input, RowTransformer transformer)
    {
        var needed = new SortedSet<int>(passThrough);
        if (Computes)
            needed.UnionWith(transformer.Columns.Find(input).Select(column => column.Index));
        return needed.Select(index => input[index]);
    }
}
