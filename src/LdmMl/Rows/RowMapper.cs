using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Rows;

/// <summary>One row at a time: how <c>PredictionEngine</c> and the composite mapper of a chain use a transformer.</summary>
internal sealed class RowMapper(RowTransformer transformer, DataViewSchema inputSchema) : IRowToRowMapper
{
    public DataViewSchema InputSchema => inputSchema;

    public DataViewSchema OutputSchema { get; } = transformer.GetOutputSchema(inputSchema);

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns) =>
        Select(dependingColumns).InputsNeeded(inputSchema, transformer);

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        var selection = Select(activeColumns);
        var computation = selection.Computes ? transformer.ComputeRows(input, selection.Outputs) : null;
        return new MappedRow(input, OutputSchema, selection, computation);
    }

    private ColumnSelection Select(IEnumerable<DataViewSchema.Column> columns) =>
        new(columns, inputSchema.Count, OutputSchema.Count - inputSchema.Count);
}
