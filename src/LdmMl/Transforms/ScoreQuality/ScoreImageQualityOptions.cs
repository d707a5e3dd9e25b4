using System.Text.Json.Serialization;
using LdmMl.Schemas;
using LdmMl.Torch.Metrics;
using LdmMl.Torch.Tensors;

namespace LdmMl;

/// <summary>
/// Options of <see cref="ScoreTransforms.ScoreImageQuality(Microsoft.ML.TransformsCatalog, ScoreImageQualityOptions)"/>.
/// </summary>
public sealed record ScoreImageQualityOptions
{
    /// <summary>Gets the name of the column of originals.</summary>
    public required string ReferenceColumnName { get; init; }

    /// <summary>Gets the name of the column of images to score, each of its original's size.</summary>
    public required string CandidateColumnName { get; init; }

    /// <summary>Gets the name of the column of peak signal-to-noise ratios to append: Single, in dB, infinite for equal images.</summary>
    /// <value>Default: <c>Psnr</c>.</value>
    public string PsnrColumnName { get; init; } = "Psnr";

    /// <summary>Gets the name of the column of structural similarities to append: Single, -1 to 1, 1 for equal images.</summary>
    /// <value>Default: <c>Ssim</c>.</value>
    public string SsimColumnName { get; init; } = "Ssim";

    /// <summary>Gets how structural similarity is computed.</summary>
    /// <value>Default: <see cref="SsimSettings.ScikitImage"/>.</value>
    public SsimSettings Ssim { get; init; } = SsimSettings.ScikitImage;

    /// <summary>Gets the name of the column of multi-scale structural similarities to append: Single, 0 to 1, 1 for equal images.</summary>
    /// <value>Default: null, no such column. Images need 176 pixels on each side with the default window.</value>
    public string? MsSsimColumnName { get; init; }

    /// <summary>Gets how multi-scale structural similarity is computed.</summary>
    /// <value>Default: <see cref="SsimSettings.Wang2004"/>, as in the paper.</value>
    public SsimSettings MsSsim { get; init; } = SsimSettings.Wang2004;

    /// <summary>Gets the colour behind transparent pixels of both images.</summary>
    /// <value>Default: white.</value>
    public PixelColor Background { get; init; } = PixelColor.White;

    /// <summary>Gets the token that cancels the reading of rows.</summary>
    /// <value>Default: no cancellation. The token is not stored in a model file.</value>
    [JsonIgnore]
    public CancellationToken CancellationToken { get; init; }

    internal ComparedColumns Compared => new(ReferenceColumnName, CandidateColumnName);

    internal void Validate()
    {
        ColumnNames.Require(ReferenceColumnName);
        ColumnNames.Require(CandidateColumnName);
        ColumnNames.Require(PsnrColumnName);
        ColumnNames.Require(SsimColumnName);
        ColumnNames.Optional(MsSsimColumnName);
        ColumnNames.Distinct(
            (nameof(PsnrColumnName), PsnrColumnName), (nameof(SsimColumnName), SsimColumnName), (nameof(MsSsimColumnName), MsSsimColumnName));
        ArgumentNullException.ThrowIfNull(Ssim);
        ArgumentNullException.ThrowIfNull(MsSsim);
        Ssim.Validate();
        MsSsim.Validate();
    }
}
