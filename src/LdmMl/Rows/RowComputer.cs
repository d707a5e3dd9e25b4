using Microsoft.ML;

namespace LdmMl.Rows;

/// <summary>
/// How a transformer computes its outputs: row by row (<see cref="RowByRowComputer"/>) or in batches (<see cref="BatchComputer"/>).
/// </summary>
internal abstract class RowComputer
{
    /// <summary>Gets whether several cursors at once are faster than one, when outputs are computed.</summary>
    public abstract bool GainsFromParallelCursors { get; }

    /// <summary>Begins to compute the active outputs of one row after the other.</summary>
    public abstract RowComputation ComputeRows(DataViewRow input, IReadOnlyList<bool> activeOutputs);

    /// <summary>Opens a cursor that computes outputs. The cursor owns the source.</summary>
    public abstract DataViewRowCursor OpenCursor(DataViewRowCursor source, DataViewSchema schema, ColumnSelection selection);
}
