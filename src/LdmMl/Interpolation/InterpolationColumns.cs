using LdmMl.Schemas;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Interpolation;

/// <summary>The columns of interpolating: two latents, and a fraction where each row has its own; the latent between them out.</summary>
internal sealed class InterpolationColumns(InterpolateLatentsOptions options) : RowColumns
{
    public ColumnNeed First { get; } = new(options.FirstColumnName, ColumnContent.SingleVector);

    public ColumnNeed Second { get; } = new(options.SecondColumnName, ColumnContent.SingleVector);

    public ColumnNeed? Fraction { get; } = options.FractionColumnName is { } name ? new ColumnNeed(name, ColumnContent.Fraction) : null;

    public override IReadOnlyList<ColumnNeed> Inputs => Fraction is null ? [First, Second] : [First, Second, Fraction];

    /// <exception cref="ArgumentException">The columns declare two shapes.</exception>
    public override IReadOnlyList<DataViewSchema.DetachedColumn> Outputs(IReadOnlyList<DataViewType> inputs) =>
        [new(options.OutputColumnName, LatentType((VectorDataViewType)inputs[0], (VectorDataViewType)inputs[1]))];

    /// <summary>Appends what the estimator promises: a vector as the two columns are, which a shape says without its length.</summary>
    public override SchemaShape Promise(SchemaShape input)
    {
        SchemaShape.Column[] columns = [.. Inputs.Select(need => need.Find(input))];
        var isKnownSize = columns.Take(2).Any(column => column.Kind == SchemaShape.Column.VectorKind.Vector);
        return SchemaShapes.With(input, [(options.OutputColumnName, new VectorDataViewType(NumberDataViewType.Single, isKnownSize ? 1 : 0))]);
    }

    private VectorDataViewType LatentType(VectorDataViewType first, VectorDataViewType second)
    {
        if (!first.IsKnownSize || !second.IsKnownSize)
            return first.IsKnownSize ? first : second;
        return first.Dimensions.SequenceEqual(second.Dimensions)
            ? first
            : throw new ArgumentException(
                $"Column '{First.Name}' holds {first}, and column '{Second.Name}' {second}; latents are interpolated where their shapes are equal.");
    }
}
