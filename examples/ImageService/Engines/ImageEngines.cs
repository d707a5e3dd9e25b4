using ImageService.Requests;
using LdmMl;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace ImageService.Engines;

/// <summary>The ML.NET pipelines behind <c>POST /reconstruct</c> and <c>POST /score</c>.</summary>
internal sealed class ImageEngines : IDisposable
{
    /// <summary>The least width and height of an image to reconstruct: the window of structural similarity.</summary>
    public const int SmallestSide = 7;

    private readonly MLContext mlContext = new(seed: 1);
    private readonly PerceptualModel? perceptual;
    private readonly EnginePool<ImageRow, ReconstructedRow> reconstructions;
    private readonly EnginePool<PairRow, ScoredRow> scores;

    /// <param name="autoencoder">The first stage that reconstructs; the pipelines open their own handle to it.</param>
    /// <param name="perceptualModel">The file of the network that measures distances; null for none.</param>
    public ImageEngines(AutoencoderModel autoencoder, string? perceptualModel)
    {
        perceptual = perceptualModel is null ? null : PerceptualModel.Load(perceptualModel);
        var reconstruct = mlContext.Transforms.ReconstructImages(autoencoder, new ReconstructImagesOptions
        {
            OutputColumnName = "Reconstruction", InputColumnName = "Image", Sides = ImageSides.PadToMultiple,
        }).Append(mlContext.Transforms.ScoreImageQuality("Image", "Reconstruction"));
        reconstructions = Pool<ImageRow, ReconstructedRow>(reconstruct);
        IEstimator<ITransformer> score = mlContext.Transforms.ScoreImageQuality("Reference", "Candidate");
        if (perceptual is not null)
            score = score.Append(mlContext.Transforms.ScorePerceptualDistance("Distance", perceptual, "Reference", "Candidate"));
        scores = Pool<PairRow, ScoredRow>(score);
    }

    /// <summary>Gets the least width and height of images to compare.</summary>
    public int SmallestPairSide => Math.Max(SmallestSide, perceptual?.MinimumSize ?? 0);

    /// <summary>Encodes and decodes an image. The caller disposes the reconstruction.</summary>
    public Reconstruction Reconstruct(MLImage image) => reconstructions.Predict(
        new ImageRow { Image = image }, row => new Reconstruction(row.Reconstruction.Copy(), Scores.Finite(row.Psnr), row.Ssim));

    /// <summary>Compares two images of the same size.</summary>
    public Scores Score(MLImage reference, MLImage candidate) => scores.Predict(
        new PairRow { Reference = reference, Candidate = candidate },
        row => new Scores(Scores.Finite(row.Psnr), row.Ssim, Scores.Finite(row.Distance)));

    public void Dispose()
    {
        reconstructions.Dispose();
        scores.Dispose();
        perceptual?.Dispose();
    }

    private EnginePool<TRow, TResult> Pool<TRow, TResult>(IEstimator<ITransformer> pipeline)
        where TRow : class
        where TResult : class, new()
    {
        var fitted = pipeline.Fit(mlContext.Data.LoadFromEnumerable<TRow>([]));
        return new(() => mlContext.Model.CreatePredictionEngine<TRow, TResult>(fitted, new PredictionEngineOptions { OwnsTransformer = false }));
    }
}
