using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training;
using Microsoft.ML;

namespace LdmMl;

/// <summary>Options of <see cref="LatentDiffusionTrainers.Diffusion(DiffusionEstimatorOptions?)"/>.</summary>
public sealed record DiffusionEstimatorOptions
{
    /// <summary>Gets the name of the image column to learn from. Its images must all have one size.</summary>
    /// <value>The default is <c>Image</c>.</value>
    public string ImageColumnName { get; init; } = "Image";

    /// <summary>
    /// Gets the name of the column of labels: text, a key, or Int32. The trained model keeps the names of texts and of keys that stand for texts.
    /// </summary>
    /// <value>Null, the default, means a model without labels.</value>
    public string? LabelColumnName { get; init; }

    /// <summary>Gets the first stage, in whose latent space is trained; the estimator does not dispose it.</summary>
    /// <value>Null, the default: <see cref="FirstStage"/>, or the autoencoder that made <see cref="LatentColumnName"/>.</value>
    public AutoencoderModel? Autoencoder { get; init; }

    /// <summary>Gets the transformer whose autoencoder is the first stage.</summary>
    /// <value>Null, the default: <see cref="Autoencoder"/>, or the autoencoder that made <see cref="LatentColumnName"/>.</value>
    public TrainedAutoencoderTransformer? FirstStage { get; init; }

    /// <summary>
    /// Gets the name of the column of latents whose autoencoder is the first stage, where neither <see cref="Autoencoder"/> nor
    /// <see cref="FirstStage"/> is given: that of <see cref="LatentDiffusionTrainers.Autoencoder"/> earlier in the same chain.
    /// </summary>
    /// <value>The default is <c>Latent</c>.</value>
    public string LatentColumnName { get; init; } = "Latent";

    /// <summary>Gets how to train: network, noise, steps, rates.</summary>
    /// <value>The default is <see cref="DiffusionTrainingOptions"/>'s.</value>
    public DiffusionTrainingOptions Training { get; init; } = new();

    /// <summary>
    /// Gets what the trained transformer appends and reads. Where it names no column of labels, it takes <see cref="LabelColumnName"/>.
    /// </summary>
    /// <value>
    /// The default appends <c>Generated</c>, reads the column <c>Seed</c> where there is one, and counts seeds from 0 for rows without, as those are
    /// that it is trained on.
    /// </value>
    public GenerateImagesOptions Generation { get; init; } = new() { OutputColumnName = "Generated", SeedOffset = 0 };

    /// <summary>Gets the seed of the first weights and of the training.</summary>
    /// <value>Null, the default, means the MLContext's seed, and that of <see cref="Training"/> where it has none.</value>
    public long? Seed { get; init; }

    /// <summary>Gets which share of the rows, taken evenly, is kept for validation; 0 to below 1. Unused with <see cref="ValidationData"/>.</summary>
    /// <value>The default is 0: no validation.</value>
    public double ValidationFraction { get; init; }

    /// <summary>Gets rows to validate on, with the same columns.</summary>
    /// <value>The default is null.</value>
    public IDataView? ValidationData { get; init; }

    /// <summary>Gets the colour behind transparent pixels.</summary>
    /// <value>The default is white.</value>
    public PixelColor Background { get; init; } = PixelColor.White;

    /// <summary>Gets how many bytes of pixels are held in memory at most; more images than that are an error.</summary>
    /// <value>The default is 4 GiB, which is 350,000 images of 64x64.</value>
    public long MaximumImageBytes { get; init; } = 4L << 30;

    /// <summary>Gets what the trained transformer appends and reads, the labels included.</summary>
    internal GenerateImagesOptions TrainedGeneration => Generation with { LabelColumnName = Generation.LabelColumnName ?? LabelColumnName };

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(ImageColumnName);
        ArgumentException.ThrowIfNullOrEmpty(LatentColumnName);
        ArgumentNullException.ThrowIfNull(Training);
        ArgumentNullException.ThrowIfNull(Generation);
        Training.Validate();
        Generation.Validate();
        if (LabelColumnName == "")
            throw new ArgumentException($"{nameof(LabelColumnName)} is empty; leave it null for a model without labels.");
        if (Autoencoder is not null && FirstStage is not null)
            throw new ArgumentException($"Both {nameof(Autoencoder)} and {nameof(FirstStage)} are given; there is one first stage.");
        if (LabelColumnName is null && Generation.LabelColumnName is { } label)
        {
            throw new ArgumentException(
                $"{nameof(Generation)} reads labels from '{label}', but the model learns none: name their column in {nameof(LabelColumnName)}.");
        }

        if (!(ValidationFraction is >= 0 and < 1))
            throw new ArgumentException($"{nameof(ValidationFraction)} is {ValidationFraction}; it must be at least 0 and below 1.");
    }
}
