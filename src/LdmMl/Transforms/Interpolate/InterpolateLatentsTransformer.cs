using LdmMl.Internals;
using LdmMl.Rows;
using LdmMl.Schemas;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace LdmMl.Transforms.Interpolate;

/// <summary>Appends the spherical linear interpolation of two latents.</summary>
/// <remarks>A missing latent or fraction (NaN) gives a missing latent.</remarks>
internal sealed class InterpolateLatentsTransformer : RowTransformer, IStoredTransformer<InterpolateLatentsTransformer>
{
    internal const string LoaderName = "LdmMlInterpolateLatents";

    internal InterpolateLatentsTransformer(IHostEnvironment environment, InterpolateLatentsOptions options)
        : base(environment, StoredModelKind.Of<InterpolateLatentsTransformer>(), options.CancellationToken) =>
        (Options, Columns) = (options, ColumnsOf(options));

    static StoredModelKind IStoredTransformer<InterpolateLatentsTransformer>.Kind { get; } = new("LDM INTE", LoaderName);

    internal InterpolateLatentsOptions Options { get; }

    internal override RowColumns Columns { get; }

    /// <summary>Gets the columns: two latents, and a fraction if each row has its own, to the latent between them.</summary>
    internal static RowColumns ColumnsOf(InterpolateLatentsOptions options) => new Between(options);

    internal override RowComputation ComputeRows(DataViewRow input, IReadOnlyList<bool> activeOutputs) =>
        new InterpolateLatentsRunner(input, Columns, Options);

    static InterpolateLatentsTransformer IStoredTransformer<InterpolateLatentsTransformer>.Read(IHostEnvironment environment, ModelReader reader) =>
        new(environment, reader.ReadOptions(OptionsJson.Default.InterpolateLatentsOptions, PositionalOptions.ReadInterpolation));

    private protected override void Write(ModelWriter writer) => writer.WriteOptions(Options, OptionsJson.Default.InterpolateLatentsOptions);

    private sealed class Between(InterpolateLatentsOptions options) : RowColumns
    {
        private readonly ColumnNeed first = new(options.FirstColumnName, ColumnContent.SingleVector);
        private readonly ColumnNeed second = new(options.SecondColumnName, ColumnContent.SingleVector);

        public override IReadOnlyList<ColumnNeed> Inputs =>
            options.FractionColumnName is { } fraction ? [first, second, new(fraction, ColumnContent.Fraction)] : [first, second];

        /// <exception cref="ArgumentException">The columns declare different shapes.</exception>
        public override IReadOnlyList<DataViewSchema.DetachedColumn> Outputs(IReadOnlyList<DataViewType> inputs) =>
            [new(options.OutputColumnName, LatentType((VectorDataViewType)inputs[0], (VectorDataViewType)inputs[1]))];

        /// <summary>Appends the promised column, a vector of the type of the two columns; a shape does not contain the length.</summary>
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
                    $"Column '{options.FirstColumnName}' holds {first}, and column '{options.SecondColumnName}' {second}; "
                    + "only latents of the same shape can be interpolated.");
        }
    }
}
