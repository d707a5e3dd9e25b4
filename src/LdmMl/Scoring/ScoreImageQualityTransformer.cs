using LdmMl.Autoencoders;
using LdmMl.Batching;
using LdmMl.Internals;
using LdmMl.Schemas;
using LdmMl.Scoring;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Appends how close images are to their originals: peak signal-to-noise ratio and structural similarity, on 8-bit RGB.</summary>
/// <remarks>
/// Where an image is missing the scores are NaN. Images of two sizes in a row are an error that names it, and so are images smaller than a window.
/// The columns say how they were computed: <see cref="ScoreAnnotations.Fingerprint"/>.
/// </remarks>
public sealed class ScoreImageQualityTransformer : RowTransformer, IStoredTransformer<ScoreImageQualityTransformer>
{
    private readonly ScoreImageQualityOptions options;

    internal ScoreImageQualityTransformer(IHostEnvironment environment, ScoreImageQualityOptions options)
        : base(environment, nameof(ScoreImageQualityTransformer)) =>
        this.options = options;

    static StoredModelKind IStoredTransformer<ScoreImageQualityTransformer>.Kind { get; } = new("LDM QUAL", "LdmMlScoreImageQuality");

    internal override StoredModelKind StoredKind => StoredKindOf<ScoreImageQualityTransformer>();

    static ScoreImageQualityTransformer IStoredTransformer<ScoreImageQualityTransformer>.Read(IHostEnvironment environment, ModelReader reader) =>
        new(environment, new ScoreImageQualityOptions
        {
            ReferenceColumnName = reader.ReadString(),
            CandidateColumnName = reader.ReadString(),
            PsnrColumnName = reader.ReadString(),
            SsimColumnName = reader.ReadString(),
            Background = StoredOptions.ReadColor(reader),
            Ssim = StoredSsimSettings.Read(reader),
            MsSsimColumnName = reader.ReadOptionalString(),
            MsSsim = StoredSsimSettings.Read(reader),
        });

    internal override RowColumns Columns => new QualityColumns(options);

    internal override RowComputation ComputeRows(DataViewRow input, IReadOnlyList<bool> activeOutputs) => new QualityComputation(input, options);

    private protected override void Write(ModelWriter writer)
    {
        writer.Write(options.ReferenceColumnName);
        writer.Write(options.CandidateColumnName);
        writer.Write(options.PsnrColumnName);
        writer.Write(options.SsimColumnName);
        StoredOptions.WriteColor(writer, options.Background);
        StoredSsimSettings.Write(writer, options.Ssim);
        writer.WriteOptional(options.MsSsimColumnName);
        StoredSsimSettings.Write(writer, options.MsSsim);
    }
}
