using System.Text.Json.Serialization;
using System.Text.Json.Nodes;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Distributed;
using LdmMl.Torch.Models.Discriminators;
using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Perceptual;

namespace LdmMl.Torch.Training;

/// <summary>The options of <see cref="AutoencoderTrainer"/>.</summary>
/// <example>
/// <code>
/// var options = new AutoencoderTrainingOptions { Epochs = 50, BatchSize = 8, Adversarial = new AdversarialTrainingOptions(), StateFolder = "training" };
/// </code>
/// </example>
public sealed record AutoencoderTrainingOptions : TrainingOptions
{
    /// <summary>Initializes the defaults.</summary>
    public AutoencoderTrainingOptions()
    {
        Epochs = 10;
        LearningRate = 1e-3;
        Decay = LearningRateDecay.Cosine;
        (Beta1, Beta2) = (0.5, 0.9);
    }

    /// <summary>Gets the reconstruction error.</summary>
    /// <value>Default: <see cref="Losses.ReconstructionError.Absolute"/>.</value>
    public ReconstructionError ReconstructionError { get; init; }

    /// <summary>Gets the weight of the reconstruction, above 0.</summary>
    /// <value>Default: 1.</value>
    public double ReconstructionWeight { get; init; } = 1;

    /// <summary>
    /// Gets the logarithm of the variance of the pixels' likelihood (CompVis <c>logvar_init</c>); must be 0 for the VQ kind, whose loss is a mean.
    /// </summary>
    /// <value>Default: 0.</value>
    public double LogVariance { get; init; }

    /// <summary>
    /// Gets whether the variance is learned with the weights, starting at <see cref="LogVariance"/>; it balances the image terms against the others.
    /// (The reference declares it as a parameter, but gives it to no optimiser.)
    /// </summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool LearnLogVariance { get; init; }

    /// <summary>
    /// Gets the network of the perceptual term (LPIPS; Zhang et al. 2018). It is not trained, not part of the trained model, and still owned by the
    /// caller.
    /// </summary>
    /// <value>Default: null, no perceptual term.</value>
    [JsonIgnore]
    public PerceptualModel? PerceptualModel { get; init; }

    /// <summary>
    /// Gets the weight of <see cref="PerceptualModel"/>'s distance relative to the error of a pixel value (<c>perceptual_weight</c>), above 0.
    /// </summary>
    /// <value>Default: 1, as published.</value>
    public double PerceptualWeight { get; init; } = 1;

    /// <summary>Gets the options of the discriminator.</summary>
    /// <value>Default: null, no discriminator.</value>
    public AdversarialTrainingOptions? Adversarial { get; init; }

    /// <summary>Gets the weight of the divergence of a KL autoencoder's posteriors from the standard normal, at least 0.</summary>
    /// <value>Default: 1e-6, as published.</value>
    public double KullbackLeiblerWeight { get; init; } = 1e-6;

    /// <summary>Gets the weight of a VQ autoencoder's codebook loss, above 0.</summary>
    /// <value>Default: 1.</value>
    public double CodebookWeight { get; init; } = 1;

    /// <summary>Gets the options of EQ-VAE, which makes latents follow what happens to an image.</summary>
    /// <value>Default: null, without it.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EquivarianceTrainingOptions? Equivariance { get; init; }

    /// <summary>
    /// Gets the side of the square that is cut from an image, at another random place each time it is seen; validation, previews and the latent scale use
    /// the square in the middle. At most the sides of the images, and a multiple of the network's downsampling factor.
    /// </summary>
    /// <value>Default: null, whole images.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? CropSize { get; init; }

    /// <inheritdoc/>
    internal override void Validate()
    {
        base.Validate();
        Check.That(CropSize is null or >= 1, CropSize, $"it must be at least 1, or {Wording.Nothing} for whole images");
        ValidateLoss();
        Nested(nameof(Adversarial), () => Adversarial?.Validate());
        Nested(nameof(Equivariance), () => Equivariance?.Validate());
    }

    // The prefix distinguishes options from those with the same name here.
    private static void Nested(string prefix, Action validate)
    {
        try
        {
            validate();
        }
        catch (OptionException error)
        {
            throw Check.Refuse($"{prefix}.{error.Member}", error.Given, error.Wording);
        }
    }

    /// <inheritdoc/>
    internal override void RequireProcesses(IProcesses processes, Func<JsonObject> describe)
    {
        if (processes.Count > 1 && Adversarial?.Normalization == DiscriminatorNormalization.ActNorm)
        {
            throw Check.Refuse(
                $"{nameof(Adversarial)}.{nameof(Adversarial.Normalization)}", Adversarial.Normalization,
                $"it takes its first values from the first batch that a process sees, so {processes.Count} processes would differ; choose another");
        }

        base.RequireProcesses(processes, describe);
    }

    private void ValidateLoss()
    {
        Check.Defined(ReconstructionError);
        Check.Above(ReconstructionWeight, 0);
        Check.That(double.IsFinite(LogVariance), LogVariance, "it must be a finite number");
        Check.That(
            PerceptualWeight > 0 && double.IsFinite(PerceptualWeight), PerceptualWeight,
            $"it must be above 0; for no perceptual term set no {nameof(PerceptualModel)}");
        Check.AtLeast(KullbackLeiblerWeight, 0);
        Check.Above(CodebookWeight, 0);
    }
}
