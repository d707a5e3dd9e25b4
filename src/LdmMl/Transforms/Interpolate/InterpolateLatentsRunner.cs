using LdmMl.Rows;
using LdmMl.Schemas;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Transforms.Interpolate;

/// <summary>Interpolates between the two latents of a row.</summary>
internal sealed class InterpolateLatentsRunner : RowComputation
{
    private readonly DataViewRow row;
    private readonly InterpolateLatentsOptions options;
    private readonly ValueGetter<VBuffer<float>> firstGetter, secondGetter;
    private readonly ValueGetter<float>? fractionGetter;
    private readonly int knownLength;
    private VBuffer<float> first, second;
    private float[] firstValues = [], secondValues = [];

    public InterpolateLatentsRunner(DataViewRow row, RowColumns columns, InterpolateLatentsOptions options)
    {
        (this.row, this.options) = (row, options);
        var inputs = columns.Find(row.Schema);
        firstGetter = row.GetGetter<VBuffer<float>>(inputs[0]);
        secondGetter = row.GetGetter<VBuffer<float>>(inputs[1]);
        fractionGetter = inputs is [_, _, var fraction] ? row.GetGetter<float>(fraction) : null;
        knownLength = ((VectorDataViewType)columns.Describe(row.Schema)[0].Type).Size;
    }

    public override Delegate MakeGetter(int output) => (ValueGetter<VBuffer<float>>)Interpolate;

    public override void Dispose()
    {
    }

    private void Interpolate(ref VBuffer<float> destination)
    {
        var fraction = ReadFraction();
        firstGetter(ref first);
        secondGetter(ref second);
        var length = knownLength > 0 ? knownLength : Math.Max(first.Length, second.Length);
        var editor = VBufferEditor.Create(ref destination, length);
        if (double.IsNaN(fraction) || IsMissing(first) || IsMissing(second))
        {
            editor.Values.Fill(float.NaN);
        }
        else
        {
            CheckLengths();
            SphericalInterpolation.Interpolate(Dense(first, ref firstValues), Dense(second, ref secondValues), fraction, editor.Values);
        }

        destination = editor.Commit();
    }

    private double ReadFraction()
    {
        if (fractionGetter is null)
            return options.Fraction;
        float fraction = 0;
        fractionGetter(ref fraction);
        return fraction is >= 0 and <= 1 || float.IsNaN(fraction)
            ? fraction
            : throw RowError.Of(row.Position,
                $"the fraction in column '{options.FractionColumnName}' is {fraction}; " +
                "it must be between 0 (the first latent) and 1 (the second).");
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
        if (first.Length == second.Length)
            return;
        throw RowError.Of(row.Position,
            $"the latent in column '{options.FirstColumnName}' has {first.Length} values, " +
            $"and that in column '{options.SecondColumnName}' {second.Length}. Only latents of the same shape can be interpolated.");
    }
}
