using LdmMl.Internals;
using LdmMl.Rows;
using LdmMl.Schemas;
using LdmMl.Transforms;
using LdmMl.Transforms.Score;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Makes a <see cref="ScoreImageQualityTransformer"/>. Nothing is trained: <c>Fit</c> only checks the schema.</summary>
public sealed class ScoreImageQualityEstimator : RowEstimator<ScoreImageQualityTransformer>
{
    internal ScoreImageQualityEstimator(IHostEnvironment environment, ScoreImageQualityOptions options)
        : base(new ScoreImageQualityColumns(options), () => new ScoreImageQualityTransformer(environment, options))
    {
    }
}

/// <summary>Appends how close images are to their originals: peak signal-to-noise ratio and structural similarity, on 8-bit RGB.</summary>
/// <remarks>
/// Where an image is missing the scores are NaN. Images of two sizes in a row are an error that names it, and so are images smaller than a window.
/// The columns say how they were computed: <see cref="ScoreAnnotations.Fingerprint"/>.
/// </remarks>
public sealed class ScoreImageQualityTransformer : RowTransformer, IStoredTransformer<ScoreImageQualityTransformer>
{
    internal const string LoaderName = "LdmMlScoreImageQuality";

    internal ScoreImageQualityTransformer(IHostEnvironment environment, ScoreImageQualityOptions options)
        : base(environment, Kind, options.CancellationToken)
    {
        Options = options;
        var columns = new ScoreImageQualityColumns(options);
        Columns = columns;
        Computer = new RowByRowComputer(ThrowIfCanceled, row => new ScoreImageQualityRunner(row, columns.Compared, options));
    }

    internal static StoredModelKind Kind { get; } = new("LDM QUAL", LoaderName);

    static StoredModelKind IStoredTransformer<ScoreImageQualityTransformer>.Kind => Kind;

    internal ScoreImageQualityOptions Options { get; }

    internal override RowColumns Columns { get; }

    internal override RowComputer Computer { get; }

    static ScoreImageQualityTransformer IStoredTransformer<ScoreImageQualityTransformer>.Read(IHostEnvironment environment, ModelReader reader) =>
        new(environment, reader.ReadOptions(OptionsJson.Default.ScoreImageQualityOptions, PositionalOptions.ReadQuality));

    private protected override void Write(ModelWriter writer) => writer.WriteOptions(Options, OptionsJson.Default.ScoreImageQualityOptions);
}

/// <summary>The columns of scoring: originals and candidates in, two or three numbers out.</summary>
internal sealed class ScoreImageQualityColumns(ScoreImageQualityOptions options) : RowColumns
{
    public ComparedColumns Compared { get; } = new(options.ReferenceColumnName, options.CandidateColumnName);

    public override IReadOnlyList<ColumnNeed> Inputs => [Compared.Reference, Compared.Candidate];

    /// <exception cref="ArgumentException">The sizes that the columns declare differ.</exception>
    public override IReadOnlyList<DataViewSchema.DetachedColumn> Outputs(IReadOnlyList<DataViewType> inputs)
    {
        Compared.CheckTypes(inputs[0], inputs[1]);
        return
        [
            QualityFingerprint.Psnr(options),
            QualityFingerprint.Ssim(options),
            .. options.MsSsimColumnName is { } name ? [QualityFingerprint.MsSsim(options, name)] : Array.Empty<DataViewSchema.DetachedColumn>(),
        ];
    }
}
