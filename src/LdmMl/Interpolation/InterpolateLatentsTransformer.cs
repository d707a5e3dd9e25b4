using LdmMl.Batching;
using LdmMl.Internals;
using LdmMl.Interpolation;
using LdmMl.Schemas;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Appends the latent that lies between two, along the great circle through both.</summary>
/// <remarks>A missing latent or fraction, which is NaN, gives a missing latent.</remarks>
public sealed class InterpolateLatentsTransformer : RowTransformer, IStoredTransformer<InterpolateLatentsTransformer>
{
    private readonly InterpolateLatentsOptions _options;

    internal InterpolateLatentsTransformer(IHostEnvironment environment, InterpolateLatentsOptions options)
        : base(environment, nameof(InterpolateLatentsTransformer))
        => _options = options;

    static StoredModelKind IStoredTransformer<InterpolateLatentsTransformer>.Kind { get; } = new("LDM INTE", "LdmMlInterpolateLatents");

    internal override StoredModelKind StoredKind => StoredKindOf<InterpolateLatentsTransformer>();

    static InterpolateLatentsTransformer IStoredTransformer<InterpolateLatentsTransformer>.Read(IHostEnvironment environment, ModelReader reader)
        => new(environment, new InterpolateLatentsOptions
        {
            OutputColumnName = reader.ReadString(),
            FirstColumnName = reader.ReadString(),
            SecondColumnName = reader.ReadString(),
            Fraction = reader.ReadDouble(),
            FractionColumnName = reader.ReadOptionalString(),
        });

    internal override RowColumns Columns => new InterpolationColumns(_options);

    internal override RowComputation ComputeRows(DataViewRow input, IReadOnlyList<bool> activeOutputs)
        => new InterpolationComputation(input, new InterpolationColumns(_options), _options);

    private protected override void Write(ModelWriter writer)
    {
        writer.Write(_options.OutputColumnName);
        writer.Write(_options.FirstColumnName);
        writer.Write(_options.SecondColumnName);
        writer.Write(_options.Fraction);
        writer.WriteOptional(_options.FractionColumnName);
    }
}
