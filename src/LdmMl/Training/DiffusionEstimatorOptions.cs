using LdmMl.Torch.Arguments;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training;
using Microsoft.ML;

namespace LdmMl;

/// <summary>Options of <see cref="LatentDiffusionTrainers.Diffusion(DiffusionEstimatorOptions)"/>.</summary>
public sealed record DiffusionEstimatorOptions : TrainerOptions
{
    /// <summary>
    /// Gets the name of the column of labels: text, a key, or Int32. The trained model keeps the names of texts and of keys that stand for texts.
    /// </summary>
    /// <value>Default: null, a model without labels.</value>
    public string? LabelColumnName { get; init; }

    /// <summary>
    /// Gets the name of the column of captions: text, or vectors of text with several wordings of each image, one of which is drawn each time. A text
    /// encoder is trained jointly (<see cref="DiffusionTrainingOptions.TextEncoder"/>), unless only a LoRA is trained.
    /// </summary>
    /// <value>Default: null, a model without captions.</value>
    public string? CaptionColumnName { get; init; }

    /// <summary>Gets the first stage, in whose latent space the model is trained; the estimator does not dispose it.</summary>
    /// <value>
    /// Default: null, <see cref="FirstStage"/>, that of the model whose LoRA is trained, or the autoencoder that made <see cref="LatentColumnName"/>.
    /// </value>
    public AutoencoderModel? Autoencoder { get; init; }

    /// <summary>Gets the transformer whose autoencoder is the first stage.</summary>
    /// <value>Default: null, <see cref="Autoencoder"/>, or the autoencoder that made <see cref="LatentColumnName"/>.</value>
    public TrainedAutoencoderTransformer? FirstStage { get; init; }

    /// <summary>
    /// Gets the name of the column of latents whose autoencoder is the first stage if neither <see cref="Autoencoder"/> nor
    /// <see cref="FirstStage"/> is given: that of <see cref="LatentDiffusionTrainers.Autoencoder(AutoencoderEstimatorOptions)"/> earlier in the same
    /// chain.
    /// </summary>
    /// <value>Default: <c>Latent</c>.</value>
    public string LatentColumnName { get; init; } = "Latent";

    /// <summary>Gets how to train: network, noise, steps, rates.</summary>
    /// <value>Default: those of <see cref="DiffusionTrainingOptions"/>.</value>
    public DiffusionTrainingOptions Training { get; init; } = new();

    /// <summary>
    /// Gets what the trained transformer appends and reads. Where it names no column of labels or prompts, it takes
    /// <see cref="LabelColumnName"/> and <see cref="CaptionColumnName"/>; a prompt is a single text, so if captions are vectors, name a different
    /// column.
    /// </summary>
    /// <value>
    /// Default: it appends <c>Generated</c>, reads the column <c>Seed</c> if there is one, and counts seeds from 0 for rows without one, such as
    /// those of
    /// the training.
    /// </value>
    public GenerateImagesOptions Generation { get; init; } = new() { OutputColumnName = "Generated", SeedOffset = 0 };

    /// <summary>Gets what the trained transformer appends and reads, the labels included.</summary>
    internal GenerateImagesOptions TrainedGeneration => Generation with
    {
        LabelColumnName = Generation.LabelColumnName ?? LabelColumnName, PromptColumnName = Generation.PromptColumnName ?? CaptionColumnName,
    };

    /// <summary>Gets the first stage of the model whose LoRA is trained; null if all weights are.</summary>
    internal AutoencoderModel? LoraFirstStage => Training.Lora is null ? null : Training.InitialModel?.Autoencoder;

    internal void Validate()
    {
        ValidateShared();
        Check.That(!string.IsNullOrEmpty(LatentColumnName), LatentColumnName, "it must not be empty");
        ArgumentNullException.ThrowIfNull(Training);
        ArgumentNullException.ThrowIfNull(Generation);
        Training.Validate();
        Generation.Validate();
        Check.That(LabelColumnName is not "", LabelColumnName, "leave it null for a model without labels");
        Check.That(CaptionColumnName is not "", CaptionColumnName, "leave it null for a model without captions");
        Check.That(
            CaptionColumnName is null || LabelColumnName is null, CaptionColumnName,
            $"{nameof(LabelColumnName)} is given too; a model is trained with labels or with captions");
        Check.That(
            CaptionColumnName is not null || Generation.PromptColumnName is null, Generation.PromptColumnName,
            $"the model is trained without captions: name their column in {nameof(CaptionColumnName)}");
        if (Autoencoder is not null && FirstStage is not null)
            throw new ArgumentException($"Both {nameof(Autoencoder)} and {nameof(FirstStage)} are given; give only one of them.");
        if (LabelColumnName is null && Generation.LabelColumnName is { } label)
        {
            throw new ArgumentException(
                $"{nameof(Generation)} reads labels from '{label}', but the model is trained without any: name their column in {nameof(LabelColumnName)}.");
        }
    }
}
