using LdmMl.Internals;
using LdmMl.Rows;
using LdmMl.Schemas;
using LdmMl.Transforms;
using LdmMl.Transforms.Interpolate;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Makes an <see cref="InterpolateLatentsTransformer"/>. Nothing is trained: <c>Fit</c> only checks the schema.</summary>
public sealed class InterpolateLatentsEstimator : RowEstimator<InterpolateLatentsTransformer>
{
    internal InterpolateLatentsEstimator(IHostEnvironment environment, InterpolateLatentsOptions options)
        : base(new InterpolateLatentsColumns(options), () => new InterpolateLatentsTransformer(environment, options))
    {
    }
}

/// <summary>Appends the latent that lies between two, along the great circle through both.</summary>
/// <remarks>A missing latent or fraction, which is NaN, gives a missing latent.</remarks>
public sealed class InterpolateLatentsTransformer : RowTransformer, IStoredTransformer<InterpolateLatentsTransformer>
{
    internal const string LoaderName = "LdmMlInterpolateLatents";

    internal InterpolateLatentsTransformer(IHostEnvironment environment, InterpolateLatentsOptions options)
        : base(environment, Kind, options.CancellationToken)
    {
        Options = options;
        var columns = new InterpolateLatentsColumns(options);
        Columns = columns;
        Computer = new RowByRowComputer(ThrowIfCanceled, row => new InterpolateLatentsRunner(row, columns, options));
    }

    internal static StoredModelKind Kind { get; } = new("LDM INTE", LoaderName);

    static StoredModelKind IStoredTransformer<InterpolateLatentsTransformer>.Kind => Kind;

    internal InterpolateLatentsOptions Options { get; }

    internal override RowColumns Columns { get; }

    internal override RowComputer Computer { get; }

    static InterpolateLatentsTransformer IStoredTransformer<InterpolateLatentsTransformer>.Read(IHostEnvironment environment, ModelReader reader) =>
        new(environment, reader.ReadOptions(OptionsJson.Default.InterpolateLatentsOptions, PositionalOptions.ReadInterpolation));

    private protected override void Write(ModelWriter writer) => writer.WriteOptions(Options, OptionsJson.Default.InterpolateLatentsOptions);
}

/// <summary>The columns of interpolating: two latents, and a fraction where each row has its own; the latent between them out.</summary>
internal sealed class InterpolateLatentsColumns(InterpolateLatentsOptions options) : RowColumns
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
