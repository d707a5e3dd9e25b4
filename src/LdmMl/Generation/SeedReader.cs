using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Generation;

/// <summary>Reads the seed of a row, or counts it from the offset where the row has none.</summary>
internal sealed class SeedReader
{
    private readonly DataViewRow _row;
    private readonly string? _column;
    private readonly long? _offset;
    private readonly ValueGetter<DataViewRowId> _id;
    private readonly ValueGetter<long>? _whole;
    private readonly ValueGetter<double>? _number;

    /// <param name="row">The row to read.</param>
    /// <param name="column">The column of seeds, Int64 or Double; null for none.</param>
    /// <param name="offset">What rows without a seed count from; null where they are an error.</param>
    public SeedReader(DataViewRow row, DataViewSchema.Column? column, long? offset)
    {
        (_row, _column, _offset, _id) = (row, column?.Name, offset, row.GetIdGetter());
        if (column is not { } seeds)
            return;
        if (seeds.Type.Equals(NumberDataViewType.Int64))
            _whole = row.GetGetter<long>(seeds);
        else
            _number = row.GetGetter<double>(seeds);
    }

    /// <exception cref="InvalidDataException">The row has no seed and there is no offset, or the seed is no whole number.</exception>
    public long Read()
    {
        if (_whole is not null)
        {
            long seed = 0;
            _whole(ref seed);
            return seed;
        }

        double number = double.NaN;
        _number?.Invoke(ref number);
        if (double.IsNaN(number))
            return Count();
        return double.IsInteger(number) && Math.Abs(number) <= 1L << 53
            ? (long)number
            : throw new InvalidDataException(
                $"Row {_row.Position}: the seed in column '{_column}' is {number}; seeds are whole numbers, up to 2^53 in a Double.");
    }

    private long Count()
    {
        if (_offset is not { } offset)
        {
            throw new InvalidDataException(
                $"Row {_row.Position}: column '{_column}' holds no seed. Give one, or set SeedOffset, from which such rows count.");
        }

        // Of the row, wherever it stands in this pass.
        DataViewRowId id = default;
        _id(ref id);
        return unchecked(offset + (long)id.Low);
    }
}
