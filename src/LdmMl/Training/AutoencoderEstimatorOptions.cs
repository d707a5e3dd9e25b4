using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Sharing;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training;
using Microsoft.ML;

namespace LdmMl;

/// <summary>Options of <see cref="LatentDiffusionTrainers.Autoencoder(AutoencoderEstimatorOptions?)"/>.</summary>
public sealed record AutoencoderEstimatorOptions
{
    /// <summary>Gets the name of the image column to learn from. Its images must all have one size.</summary>
    /// <value>The default is <c>Image</c>.</value>
    public string ImageColumnName { get; init; } = "Image";

    /// <summary>Gets the name of the column of latents that the trained transformer appends; null for none.</summary>
    /// <value>The default is <c>Latent</c>.</value>
    public string? LatentColumnName { get; init; } = "Latent";

    /// <summary>Gets the name of the column of reconstructed images that the trained transformer appends; null for none.</summary>
    /// <value>The default is <c>Reconstruction</c>.</value>
    public string? ReconstructionColumnName { get; init; } = "Reconstruction";

    /// <summary>Gets the shape of the network.</summary>
    /// <value>The default is a small KL autoencoder: 4x smaller, 4 latent channels, about 0.9 million weights.</value>
    public AutoencoderConfig Network { get; init; } = new KlAutoencoderConfig
    {
        BaseChannels = 32, ChannelMultipliers = [1, 2, 2], LatentChannels = 4, ResidualBlocks = 1, NormGroups = 8, MiddleAttention = false,
    };

    /// <summary>Gets how to train.</summary>
    /// <value>The default is <see cref="AutoencoderTrainingOptions"/>'s.</value>
    public AutoencoderTrainingOptions Training { get; init; } = new();

    /// <summary>Gets the seed of the first weights and of the training.</summary>
    /// <value>Null, the default, means the MLContext's seed, and that of <see cref="Training"/> where it has none.</value>
    public long? Seed { get; init; }

    /// <summary>Gets which share of the rows, taken evenly, is kept for validation; 0 to below 1. Unused with <see cref="ValidationData"/>.</summary>
    /// <value>The default is 0: no validation.</value>
    public double ValidationFraction { get; init; }

    /// <summary>Gets rows to validate on, with the same image column.</summary>
    /// <value>The default is null.</value>
    public IDataView? ValidationData { get; init; }

    /// <summary>Gets the colour behind transparent pixels.</summary>
    /// <value>The default is white.</value>
    public PixelColor Background { get; init; } = PixelColor.White;

    /// <summary>Gets how many bytes of pixels are held in memory at most; more images than that are an error.</summary>
    /// <value>The default is 4 GiB, which is 350,000 images of 64x64.</value>
    public long MaximumImageBytes { get; init; } = 4L << 30;

    /// <summary>Gets the GPU to compute on; its number, from 0.</summary>
    /// <value>Null, the default, means the MLContext's <c>GpuDeviceId</c>, and the CPU where that is null too.</value>
    public int? GpuDeviceId { get; init; }

    /// <summary>Gets whether the CPU takes over where the GPU cannot be used.</summary>
    /// <value>The default is false: an error. The MLContext's <c>FallbackToCpu</c> allows it as well.</value>
    public bool FallbackToCpu { get; init; }

    /// <summary>Gets how the trained transformer computes 3x3 convolutions on the CPU; the training itself computes them directly.</summary>
    /// <value>The default is <see cref="ConvolutionMode.Auto"/>.</value>
    public ConvolutionMode Convolutions { get; init; }

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(ImageColumnName);
        ArgumentNullException.ThrowIfNull(Network);
        ArgumentNullException.ThrowIfNull(Training);
        Training.Validate();
        ConvolutionArguments.Check(Convolutions, nameof(Convolutions));
        if (string.IsNullOrEmpty(LatentColumnName) && string.IsNullOrEmpty(ReconstructionColumnName))
        {
            throw new ArgumentException(
                $"Both {nameof(LatentColumnName)} and {nameof(ReconstructionColumnName)} are empty; name at least one column to append.");
        }

        if (!(ValidationFraction is >= 0 and < 1))
            throw new ArgumentException($"{nameof(ValidationFraction)} is {ValidationFraction}; it must be at least 0 and below 1.");
    }
}
