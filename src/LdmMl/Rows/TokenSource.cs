using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Rows;

/// <summary>Reads a column of tokens: Vector&lt;Single, tokens, dimension&gt;.</summary>
/// <param name="row">The row to read.</param>
/// <param name="column">The column.</param>
/// <param name="tokens">How many tokens each row has.</param>
internal sealed class TokenSource(DataViewRow row, DataViewSchema.Column column, int tokens)
{
    private readonly ValueGetter<VBuffer<float>> getter = row.GetGetter<VBuffer<float>>(column);
    private VBuffer<float> values;

    public int Tokens => tokens;

    /// <summary>Copies the tokens of the current row, one after the other; false if they are missing (NaN).</summary>
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
