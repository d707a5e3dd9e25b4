using LdmMl.Rows;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Transforms.Generate;

/// <summary>Reads the tokens of rows into one tensor's order.</summary>
internal sealed class TokenReader(DataViewRow row, DataViewSchema.Column column, int tokens)
{
    private readonly ValueGetter<VBuffer<float>> getter = row.GetGetter<VBuffer<float>>(column);
    private VBuffer<float> values;

    public int Tokens => tokens;

    /// <summary>Copies the tokens of the current row; false where they are missing, which NaN says.</summary>
    public bool Read(ref float[] values)
    {
        getter(ref this.values);
        Array.Resize(ref values, this.values.Length);
        if (this.values.Length == 0 || MissingValues.AnyIn(this.values.GetValues()))
            return false;
        this.values.CopyTo(values);
        return true;
    }
}
