using LdmMl.Rows;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Transforms.ScorePerceptual;
using LdmMl.Transforms.ScoreQuality;
using Microsoft.ML;

#pragma warning disable CS1573   // overloads with options inherit the documentation of their other parameters

namespace LdmMl;

/// <summary>The transforms that compare two images of a row. Members of <c>mlContext.Transforms</c>; see <see cref="LdmMlCatalog"/>.</summary>
public static class ScoreTransforms
{
    /// <summary>Appends how close images are to their originals: peak signal-to-noise ratio and structural similarity, on 8-bit RGB.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="referenceColumnName">The column of originals.</param>
    /// <param name="candidateColumnName">The column of images to score, each of its original's size.</param>
    /// <param name="psnrColumnName">The column of peak signal-to-noise ratios to append: Single, in dB, infinite for equal images.</param>
    /// <param name="ssimColumnName">The column of structural similarities to append: Single, -1 to 1, as scikit-image computes them.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">A name is empty, or an option out of range.</exception>
    /// <remarks>
    /// If an image is missing, both are NaN. Two images of different sizes in a row are an error that names it, and so are images smaller than a
    /// window. The columns say how they were computed: <see cref="ScoreAnnotations.Fingerprint"/>.
    /// </remarks>
    /// <example>
    /// <code>
    /// using var score = mlContext.Transforms.ScoreImageQuality("Image", "Reconstruction").Fit(data);
    /// var mean = score.Transform(data).GetColumn&lt;float&gt;("Psnr").Average();
    /// </code>
    /// </example>
    public static IEstimator<RowTransformer> ScoreImageQuality(
        this TransformsCatalog catalog, string referenceColumnName, string candidateColumnName, string psnrColumnName = "Psnr",
        string ssimColumnName = "Ssim") =>
        catalog.ScoreImageQuality(new ScoreImageQualityOptions
        {
            ReferenceColumnName = referenceColumnName, CandidateColumnName = candidateColumnName,
            PsnrColumnName = psnrColumnName, SsimColumnName = ssimColumnName,
        });

    /// <param name="options">Columns, and how structural similarity is computed.</param>
    /// <inheritdoc cref="ScoreImageQuality(TransformsCatalog, string, string, string, string)"/>
    public static IEstimator<RowTransformer> ScoreImageQuality(this TransformsCatalog catalog, ScoreImageQualityOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return RowEstimator.Create(
            catalog, ScoreImageQualityTransformer.ColumnsOf(options), environment => new ScoreImageQualityTransformer(environment, options));
    }

    /// <summary>
    /// Appends how different images look from their references (Zhang et al. 2018): LPIPS, or an uncalibrated distance, depending on the model.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">
    /// The column to append: Single, 0 for equal images. Its annotations say how it was computed: <see cref="ScoreAnnotations"/>.
    /// </param>
    /// <param name="perceptualModel">The model.</param>
    /// <param name="referenceColumnName">The column of references.</param>
    /// <param name="candidateColumnName">The column of images to score, each of its reference's size.</param>
    /// <param name="gpuDeviceId">The GPU to compute on; null means the MLContext's.</param>
    /// <param name="fallbackToCpu">Whether to fall back to the CPU if the GPU cannot be used.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">A name is empty, or an option out of range.</exception>
    /// <remarks>
    /// If an image is missing, the distance is NaN. Two images of different sizes in a row are an error that names it. References that repeat from
    /// row to row are taken through the network once.
    /// </remarks>
    /// <example>
    /// <code>
    /// using PerceptualModel perceptual = PerceptualModel.Load("models/emoji-vgg.safetensors");
    /// var score = mlContext.Transforms.ScorePerceptualDistance("Distance", perceptual, "Image", "Reconstruction");
    /// </code>
    /// </example>
    public static IEstimator<RowTransformer> ScorePerceptualDistance(
        this TransformsCatalog catalog, string outputColumnName, PerceptualModel perceptualModel, string referenceColumnName,
        string candidateColumnName, int? gpuDeviceId = null, bool fallbackToCpu = false) =>
        catalog.ScorePerceptualDistance(perceptualModel, new ScorePerceptualDistanceOptions
        {
            OutputColumnName = outputColumnName,
            ReferenceColumnName = referenceColumnName,
            CandidateColumnName = candidateColumnName,
            GpuDeviceId = gpuDeviceId,
            FallbackToCpu = fallbackToCpu,
        });

    /// <param name="options">Columns, batch size, device.</param>
    /// <inheritdoc cref="ScorePerceptualDistance(TransformsCatalog, string, PerceptualModel, string, string, int?, bool)"/>
    public static IEstimator<RowTransformer> ScorePerceptualDistance(
        this TransformsCatalog catalog, PerceptualModel perceptualModel, ScorePerceptualDistanceOptions options)
    {
        ArgumentNullException.ThrowIfNull(perceptualModel);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return RowEstimator.Create(
            catalog, new ScorePerceptualDistanceTransformer.DistanceColumns(perceptualModel, options),
            environment => new ScorePerceptualDistanceTransformer(environment, perceptualModel, options));
    }
}
