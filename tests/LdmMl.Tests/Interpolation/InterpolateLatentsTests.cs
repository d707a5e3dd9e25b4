using LdmMl.Torch.Arguments;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Tests.Interpolation;

public sealed class InterpolateLatentsTests
{
    private readonly MLContext context = new(seed: 1);

    [Fact]
    public void Every_row_is_interpolated_by_its_own_fraction()
    {
        var rows = LatentRow.Create(9);
        var given = Latents(context.Transforms.InterpolateLatents(Fractions), rows);
        for (var i = 0; i < rows.Length; i++)
            Assert.Equal(rows[i].Between(rows[i].Fraction), given[i]);
    }

    [Fact]
    public void Without_a_column_one_fraction_is_used_for_all_rows()
    {
        var rows = LatentRow.Create(5);
        Assert.Equal(rows.Select(row => row.Between(0.5)), Latents(context.Transforms.InterpolateLatents("Out", "First", "Second"), rows));
        Assert.Equal(rows.Select(row => row.Between(0.2)), Latents(context.Transforms.InterpolateLatents("Out", "First", "Second", 0.2), rows));
        Assert.Equal(rows.Select(row => row.First), Latents(context.Transforms.InterpolateLatents("Out", "First", "Second", 0), rows));
        Assert.Equal(rows.Select(row => row.Second), Latents(context.Transforms.InterpolateLatents("Out", "First", "Second", 1), rows));
    }

    [Fact]
    public void The_output_has_the_shape_of_the_inputs()
    {
        var view = context.Data.LoadFromEnumerable(LatentRow.Create(1));
        Assert.Equal("Vector<Single, 3, 4, 4>", context.Transforms.InterpolateLatents("Out", "First", "Second").Fit(view).Transform(view).Schema["Out"].Type.ToString());
    }

    [Fact]
    public void A_missing_latent_or_fraction_gives_a_missing_latent_and_does_not_affect_the_others()
    {
        var rows = LatentRow.Create(6);
        var wanted = Latents(context.Transforms.InterpolateLatents(Fractions), rows);
        (rows[1].First[5], rows[2].Second[47], rows[4].Fraction) = (float.NaN, float.NaN, float.NaN);
        var given = Latents(context.Transforms.InterpolateLatents(Fractions), rows);
        foreach (var missing in (int[])[1, 2, 4])
            wanted[missing] = [.. Enumerable.Repeat(float.NaN, 48)];
        Assert.Equal(wanted, given);
    }

    [Theory]
    [InlineData(-0.25f)]
    [InlineData(1.5f)]
    [InlineData(float.PositiveInfinity)]
    public void A_fraction_out_of_range_names_its_row(float fraction)
    {
        var rows = LatentRow.Create(3);
        rows[2].Fraction = fraction;
        var exception = Assert.Throws<InvalidDataException>(() => Latents(context.Transforms.InterpolateLatents(Fractions), rows));
        Assert.Equal($"Row 2: the fraction in column 'Fraction' is {fraction}; it must be between 0 (the first latent) and 1 (the second).", exception.Message);
    }

    [Fact]
    public void Options_out_of_range_are_refused_by_name()
    {
        Assert.Throws<OptionException>("Fraction", () => context.Transforms.InterpolateLatents("Out", "First", "Second", 1.01));
        Assert.Throws<OptionException>("Fraction", () => context.Transforms.InterpolateLatents("Out", "First", "Second", double.NaN));
        Assert.Throws<OptionException>("SecondColumnName", () => context.Transforms.InterpolateLatents("Out", "First", ""));
        Assert.Throws<OptionException>("FractionColumnName", () => context.Transforms.InterpolateLatents(Fractions with { FractionColumnName = "" }));
    }

    [Fact]
    public void Columns_that_do_not_fit_are_refused_before_any_row()
    {
        var view = context.Data.LoadFromEnumerable(LatentRow.Create(1));
        var shapes = Assert.Throws<ArgumentException>(() => context.Transforms.InterpolateLatents("Out", "First", "Other").Fit(view));
        Assert.Equal(
            "Column 'First' holds Vector<Single, 3, 4, 4>, and column 'Other' Vector<Single, 3, 2, 8>; only latents of the same shape can be interpolated.",
            shapes.Message);
        var type = Assert.Throws<ArgumentException>(() => context.Transforms.InterpolateLatents(Fractions with { FractionColumnName = "Number" }).Fit(view));
        Assert.Equal("Column 'Number' holds Int32; fractions are needed, of type Single.", type.Message);
    }

    [Fact]
    public void Vectors_of_variable_size_are_compared_row_by_row()
    {
        VariableRow[] rows = [new() { First = [1, 2], Second = [2, 1] }, new() { First = [1, 2, 3], Second = [3, 2] }];
        var view = context.Data.LoadFromEnumerable(rows);
        var output = context.Transforms.InterpolateLatents("Out", "First", "Second").Fit(view).Transform(view);
        Assert.Equal(2, context.Data.TakeRows(output, 1).GetColumn<float[]>("Out").Single().Length);
        var exception = Assert.Throws<InvalidDataException>(() => output.GetColumn<float[]>("Out").ToArray());
        Assert.Equal(
            "Row 1: the latent in column 'First' has 3 values, and that in column 'Second' 2. Only latents of the same shape can be interpolated.",
            exception.Message);
    }

    [Fact]
    public void It_works_after_loading_and_in_a_prediction_engine()
    {
        var rows = LatentRow.Create(4);
        var view = context.Data.LoadFromEnumerable(rows);
        using var stream = new MemoryStream();
        context.Model.Save(context.Transforms.InterpolateLatents(Fractions).Fit(view), view.Schema, stream);
        stream.Position = 0;
        var loaded = new MLContext().Model.Load(stream, out _);
        using var engine = context.Model.CreatePredictionEngine<LatentRow, OutRow>(loaded);
        Assert.All(rows, row => Assert.Equal(row.Between(row.Fraction), engine.Predict(row).Out));
    }

    private static InterpolateLatentsOptions Fractions => new()
    {
        OutputColumnName = "Out", FirstColumnName = "First", SecondColumnName = "Second", FractionColumnName = "Fraction",
    };

    private float[][] Latents(IEstimator<RowTransformer> estimator, LatentRow[] rows)
    {
        var view = context.Data.LoadFromEnumerable(rows);
        return [.. estimator.Fit(view).Transform(view).GetColumn<float[]>("Out")];
    }

    private sealed class LatentRow
    {
        public int Number { get; set; }

        public float Fraction { get; set; }

        [VectorType(3, 4, 4)]
        public float[] First { get; set; } = [];

        [VectorType(3, 4, 4)]
        public float[] Second { get; set; } = [];

        [VectorType(3, 2, 8)]
        public float[] Other { get; set; } = new float[48];

        public static LatentRow[] Create(int count) => [.. Enumerable.Range(0, count).Select(i => new LatentRow
        {
            Number = i,
            Fraction = i / 10f,
            First = [.. Enumerable.Range(0, 48).Select(k => MathF.Sin(i + 0.3f * k))],
            Second = [.. Enumerable.Range(0, 48).Select(k => MathF.Cos(2 * i + 0.7f * k))],
        })];

        public float[] Between(double fraction)
        {
            var result = new float[48];
            SphericalInterpolation.Interpolate(First, Second, fraction, result);
            return result;
        }
    }

    private sealed class VariableRow
    {
        public float[] First { get; set; } = [];

        public float[] Second { get; set; } = [];
    }

    private sealed class OutRow
    {
        [VectorType(3, 4, 4)]
        public float[] Out { get; set; } = [];
    }
}
