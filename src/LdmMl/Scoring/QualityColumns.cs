using LdmMl.Schemas;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Scoring;

/// <summary>The columns of scoring: originals and candidates in, two or three numbers out.</summary>
internal sealed class QualityColumns(ScoreImageQualityOptions options) : RowColumns
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
