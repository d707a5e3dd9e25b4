using LdmMl.Decoding;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Generation;

/// <summary>Reads the tokens of rows into one tensor's order.</summary>
internal sealed class TokenReader(DataViewRow row, DataViewSchema.Column column, int tokens)
{
    private readonly ValueGetter<VBuffer<float>> _getter = row.GetGetter<VBuffer<float>>(column);
    private VBuffer<float> _values;

    public int Tokens => tokens;

    /// <summary>Copies the tokens of the current row; false where they are missing, which NaN says.</summary>
    public bool Read(ref float[] values)
    {
        _getter(ref _values);
        Array.Resize(ref values, _values.Length);
        if (_values.Length == 0 || MissingValues.AnyIn(_values.GetValues()))
            return false;
        _values.CopyTo(values);
        return true;
    }
}
