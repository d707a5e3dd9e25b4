using Microsoft.ML;

namespace LdmMl.Rows;

/// <summary>Computes a row when its value is asked for.</summary>
/// <param name="beforeRow">Called before every row of a cursor; what it throws ends the reading.</param>
/// <param name="create">Begins to compute from an input.</param>
internal sealed class RowByRowComputer(Action beforeRow, Func<DataViewRow, RowComputation> create) : RowComputer
{
    public override bool GainsFromParallelCursors => true;

    public override RowComputation ComputeRows(DataViewRow input, IReadOnlyList<bool> activeOutputs) => create(input);

    public override DataViewRowCursor OpenCursor(DataViewRowCursor source, DataViewSchema schema, ColumnSelection selection) =>
        new RowByRowCursor(source, schema, selection, create(source), beforeRow);
}
