using LdmMl.Torch.Metrics;
using LdmMl.Torch.Tensors;

namespace LdmMl;

/// <summary>
/// Options of <see cref="ScoreImageQualityExtensions.ScoreImageQuality(Microsoft.ML.TransformsCatalog, ScoreImageQualityOptions)"/>.
/// </summary>
public sealed record ScoreImageQualityOptions
{
    /// <summary>Gets the name of the column of originals.</summary>
    public required string ReferenceColumnName { get; init; }

    /// <summary>Gets the name of the column of images to score, each of its original's size.</summary>
    public required string CandidateColumnName { get; init; }

    /// <summary>Gets the name of the column of peak signal-to-noise ratios to append: Single, in dB, infinite for equal images.</summary>
    /// <value>The default is <c>Psnr</c>.</value>
    public string PsnrColumnName { get; init; } = "Psnr";

    /// <summary>Gets the name of the column of structural similarities to append: Single, -1 to 1, 1 for equal images.</summary>
    /// <value>The default is <c>Ssim</c>.</value>
    public string SsimColumnName { get; init; } = "Ssim";

    /// <summary>Gets how structural similarity is computed.</summary>
    /// <value>The default is <see cref="SsimSettings.ScikitImage"/>.</value>
    public SsimSettings Ssim { get; init; } = SsimSettings.ScikitImage;

    /// <summary>Gets the name of the column of multi-scale structural similarities to append: Single, 0 to 1, 1 for equal images.</summary>
    /// <value>The default is null: no such column. Images need 176 pixels on each side with the default window.</value>
    public string? MsSsimColumnName { get; init; }

    /// <summary>Gets how multi-scale structural similarity is computed.</summary>
    /// <value>The default is <see cref="SsimSettings.Wang2004"/>, as in the paper.</value>
    public SsimSettings MsSsim { get; init; } = SsimSettings.Wang2004;

    /// <summary>Gets the colour behind transparent pixels of both images.</summary>
    /// <value>The default is white.</value>
    public PixelColor Background { get; init; } = PixelColor.White;

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(ReferenceColumnName);
        ArgumentException.ThrowIfNullOrEmpty(CandidateColumnName);
        ArgumentException.ThrowIfNullOrEmpty(PsnrColumnName);
        ArgumentException.ThrowIfNullOrEmpty(SsimColumnName);
        ArgumentNullException.ThrowIfNull(Ssim);
        ArgumentNullException.ThrowIfNull(MsSsim);
        Ssim.Validate();
        MsSsim.Validate();
        if (PsnrColumnName == SsimColumnName)
            throw new ArgumentException($"{nameof(PsnrColumnName)} and {nameof(SsimColumnName)} are both '{PsnrColumnName}'; give them two names.");
        if (MsSsimColumnName is null)
            return;
        ArgumentException.ThrowIfNullOrEmpty(MsSsimColumnName);
        if (MsSsimColumnName == PsnrColumnName || MsSsimColumnName == SsimColumnName)
            throw new ArgumentException($"{nameof(MsSsimColumnName)} is '{MsSsimColumnName}', as another column is; give it a name of its own.");
    }
}
