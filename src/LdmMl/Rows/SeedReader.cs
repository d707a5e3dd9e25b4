using LdmMl.Schemas;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Rows;

/// <summary>Reads the seed of a row, or derives it from the offset if the row has none.</summary>
internal sealed class SeedReader
{
    private readonly DataViewRow row;
    private readonly string? column;
    private readonly long? offset;
    private readonly ValueGetter<DataViewRowId> id;
    private readonly ValueGetter<long>? whole;
    private readonly ValueGetter<double>? number;

    /// <param name="row">The row to read.</param>
    /// <param name="column">The column of seeds, Int64, Int32 or Double; null for none.</param>
    /// <param name="offset">The offset of the seeds of rows without one; null if such rows are an error.</param>
    public SeedReader(DataViewRow row, DataViewSchema.Column? column, long? offset)
    {
        (this.row, this.column, this.offset, id) = (row, column?.Name, offset, row.GetIdGetter());
        if (column is not { } seeds)
            return;
        if (seeds.Type.Equals(NumberDataViewType.Double))
            number = row.GetGetter<double>(seeds);
        else
            whole = seeds.Type.Equals(NumberDataViewType.Int64) ? row.GetGetter<long>(seeds) : Widen(row.GetGetter<int>(seeds));
    }

    /// <exception cref="InvalidDataException">The row has no seed and there is no offset, or the seed is not a whole number.</exception>
    public long Read()
    {
        if (whole is not null)
        {
            long seed = 0;
            whole(ref seed);
            return seed;
        }

        var number = double.NaN;
        this.number?.Invoke(ref number);
        if (double.IsNaN(number))
            return Count();
        return double.IsInteger(number) && Math.Abs(number) <= 1L << 53
            ? (long)number
            : throw RowError.Of(row.Position,
                $"the seed in column '{column}' is {number}; seeds are whole numbers, up to 2^53 in a Double.");
    }

    private static ValueGetter<long> Widen(ValueGetter<int> getter)
    {
        var seed = 0;
        return (ref long destination) =>
        {
            getter(ref seed);
            destination = seed;
        };
    }

    private long Count()
    {
        if (this.offset is not { } offset)
        {
            throw RowError.Of(row.Position,
                $"column '{column}' holds no seed. Give one, or set SeedOffset, from which the seeds of such rows are counted.");
        }

        // The row's number in its source, whatever its position in this pass.
        DataViewRowId id = default;
        this.id(ref id);
        return unchecked(offset + (long)id.Low);
    }
}
