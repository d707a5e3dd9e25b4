using LdmMl.Internals;
using Microsoft.ML;

namespace LdmMl;

/// <summary>Adds <c>ScoreImageQuality</c> to <c>mlContext.Transforms</c>.</summary>
public static class ScoreImageQualityExtensions
{
    /// <summary>Appends how close images are to their originals: peak signal-to-noise ratio and structural similarity, on 8-bit RGB.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="psnrColumnName">The column of peak signal-to-noise ratios to append: Single, in dB, infinite for equal images.</param>
    /// <param name="ssimColumnName">The column of structural similarities to append: Single, -1 to 1, as scikit-image computes them.</param>
    /// <param name="referenceColumnName">The column of originals.</param>
    /// <param name="candidateColumnName">The column of images to score, each of its original's size.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">A name is empty.</exception>
    /// <remarks>Where an image is missing both are NaN.</remarks>
    public static ScoreImageQualityEstimator ScoreImageQuality(
        this TransformsCatalog catalog, string psnrColumnName, string ssimColumnName, string referenceColumnName, string candidateColumnName) =>
        catalog.ScoreImageQuality(new ScoreImageQualityOptions
        {
            PsnrColumnName = psnrColumnName,
            SsimColumnName = ssimColumnName,
            ReferenceColumnName = referenceColumnName,
            CandidateColumnName = candidateColumnName,
        });

    /// <summary>Appends how close images are to their originals, as columns <c>Psnr</c> and <c>Ssim</c>.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="referenceColumnName">The column of originals.</param>
    /// <param name="candidateColumnName">The column of images to score, each of its original's size.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">A name is empty.</exception>
    /// <remarks>Where an image is missing both are NaN.</remarks>
    public static ScoreImageQualityEstimator ScoreImageQuality(this TransformsCatalog catalog, string referenceColumnName, string candidateColumnName) =>
        catalog.ScoreImageQuality(new ScoreImageQualityOptions { ReferenceColumnName = referenceColumnName, CandidateColumnName = candidateColumnName });

    /// <summary>Appends how close images are to their originals.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="options">Columns, and how structural similarity is computed.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static ScoreImageQualityEstimator ScoreImageQuality(this TransformsCatalog catalog, ScoreImageQualityOptions options) =>
        new(MlHost.EnvironmentOf(catalog), options);
}
