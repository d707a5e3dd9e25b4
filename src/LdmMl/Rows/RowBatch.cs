using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Rows;

/// <summary>The rows of one batch: their ids, the columns that pass through, and what a transformer computes its outputs from.</summary>
/// <remarks>A read-ahead owns two: one is filled while the other is computed and served.</remarks>
internal sealed class RowBatch(int capacity, IReadOnlyDictionary<int, ColumnBuffer> columns, BatchInput input) : IDisposable
{
    private readonly DataViewRowId[] ids = new DataViewRowId[capacity];
    private readonly long[] batchNumbers = new long[capacity];

    /// <summary>Gets how many rows it can hold.</summary>
    public int Capacity => capacity;

    /// <summary>Gets what the outputs of these rows are computed from.</summary>
    public BatchInput Input => input;

    /// <summary>Gets the id of a row, by its slot.</summary>
    public ref DataViewRowId Id(int slot) => ref ids[slot];

    /// <summary>Gets the number that the source gives to the group of rows that a row belongs to (<c>DataViewRow.Batch</c>).</summary>
    public ref long BatchNumber(int slot) => ref batchNumbers[slot];

    /// <summary>Gets the values of a column that passes through.</summary>
    public ColumnBuffer Column(int index) => columns[index];

    /// <summary>Copies the columns that pass through from the source's current row.</summary>
    public void ReadColumns(int slot)
    {
        foreach (var column in columns.Values)
            column.Read(slot);
    }

    public void Dispose()
    {
        foreach (var column in columns.Values)
            column.Dispose();
        input.Dispose();
    }
}
