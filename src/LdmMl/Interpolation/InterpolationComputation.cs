using LdmMl.Batching;
using LdmMl.Decoding;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Interpolation;

/// <summary>Two latents of a row to the one between them.</summary>
internal sealed class InterpolationComputation : RowComputation
{
    private readonly DataViewRow _row;
    private readonly InterpolateLatentsOptions _options;
    private readonly ValueGetter<VBuffer<float>> _firstGetter, _secondGetter;
    private readonly ValueGetter<float>? _fractionGetter;
    private readonly int _knownLength;
    private VBuffer<float> _first, _second;
    private float[] _firstValues = [], _secondValues = [];

    public InterpolationComputation(DataViewRow row, InterpolationColumns columns, InterpolateLatentsOptions options)
    {
        (_row, _options) = (row, options);
        IReadOnlyList<DataViewSchema.Column> inputs = columns.Find(row.Schema);
        _firstGetter = row.GetGetter<VBuffer<float>>(inputs[0]);
        _secondGetter = row.GetGetter<VBuffer<float>>(inputs[1]);
        _fractionGetter = columns.Fraction is null ? null : row.GetGetter<float>(inputs[2]);
        _knownLength = ((VectorDataViewType)columns.Describe(row.Schema)[0].Type).Size;
    }

    public override Delegate MakeGetter(int output) => (ValueGetter<VBuffer<float>>)Interpolate;

    public override void Dispose()
    {
    }

    private void Interpolate(ref VBuffer<float> destination)
    {
        double fraction = ReadFraction();
        _firstGetter(ref _first);
        _secondGetter(ref _second);
        int length = _knownLength > 0 ? _knownLength : Math.Max(_first.Length, _second.Length);
        VBufferEditor<float> editor = VBufferEditor.Create(ref destination, length);
        if (double.IsNaN(fraction) || IsMissing(_first) || IsMissing(_second))
        {
            editor.Values.Fill(float.NaN);
        }
        else
        {
            CheckLengths();
            SphericalInterpolation.Interpolate(Dense(_first, ref _firstValues), Dense(_second, ref _secondValues), fraction, editor.Values);
        }

        destination = editor.Commit();
    }

    private double ReadFraction()
    {
        if (_fractionGetter is null)
            return _options.Fraction;
        float fraction = 0;
        _fractionGetter(ref fraction);
        return fraction is >= 0 and <= 1 || float.IsNaN(fraction)
            ? fraction
            : throw new InvalidDataException(
                $"Row {_row.Position}: the fraction in column '{_options.FractionColumnName}' is {fraction}; " +
                "it must lie between 0, the first latent, and 1, the second.");
    }

    private static bool IsMissing(in VBuffer<float> latent) => latent.Length == 0 || MissingValues.AnyIn(latent.GetValues());

    private static ReadOnlySpan<float> Dense(in VBuffer<float> latent, ref float[] values)
    {
        if (latent.IsDense)
            return latent.GetValues();
        Array.Resize(ref values, latent.Length);
        latent.CopyTo(values);
        return values;
    }

    private void CheckLengths()
    {
        if (_first.Length == _second.Length)
            return;
        throw new InvalidDataException(
            $"Row {_row.Position}: the latent in column '{_options.FirstColumnName}' has {_first.Length} values, " +
            $"and that in column '{_options.SecondColumnName}' {_second.Length}. Latents are interpolated where their shapes are equal.");
    }
}
