using LdmMl.Torch.Arguments;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Sharing;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training;
using Microsoft.ML;

namespace LdmMl;

/// <summary>Options of <see cref="LatentDiffusionTrainers.Autoencoder(AutoencoderEstimatorOptions)"/>.</summary>
public sealed record AutoencoderEstimatorOptions : TrainerOptions
{
    /// <summary>Gets the name of the column of latents that the trained transformer appends; null for none.</summary>
    /// <value>Default: <c>Latent</c>.</value>
    public string? LatentColumnName { get; init; } = "Latent";

    /// <summary>Gets the name of the column of reconstructed images that the trained transformer appends; null for none.</summary>
    /// <value>Default: <c>Reconstruction</c>.</value>
    public string? ReconstructionColumnName { get; init; } = "Reconstruction";

    /// <summary>Gets the shape of the network.</summary>
    /// <value>Default: a small KL autoencoder: 4x smaller, 4 latent channels, about 0.9 million weights.</value>
    public AutoencoderConfig Network { get; init; } = new KlAutoencoderConfig
    {
        BaseChannels = 32, ChannelMultipliers = [1, 2, 2], LatentChannels = 4, ResidualBlocks = 1, NormGroups = 8, MiddleAttention = false,
    };

    /// <summary>Gets how to train.</summary>
    /// <value>Default: those of <see cref="AutoencoderTrainingOptions"/>.</value>
    public AutoencoderTrainingOptions Training { get; init; } = new();

    /// <summary>Gets the number of the GPU to compute on, from 0.</summary>
    /// <value>Default: null, the MLContext's <c>GpuDeviceId</c>, or the CPU if that is null too.</value>
    public int? GpuDeviceId { get; init; }

    /// <summary>Gets whether to fall back to the CPU if the GPU cannot be used.</summary>
    /// <value>Default: false, an error. The MLContext's <c>FallbackToCpu</c> allows it as well.</value>
    public bool FallbackToCpu { get; init; }

    /// <summary>Gets how the trained transformer computes 3x3 convolutions on the CPU; for the training itself see
    /// <see cref="TrainingOptions.Convolutions"/>.</summary>
    /// <value>Default: <see cref="ConvolutionMode.Auto"/>.</value>
    public ConvolutionMode Convolutions { get; init; }

    internal void Validate()
    {
        ValidateShared();
        ArgumentNullException.ThrowIfNull(Network);
        ArgumentNullException.ThrowIfNull(Training);
        Training.Validate();
        ConvolutionArguments.Check(Convolutions, nameof(Convolutions));
        Check.That(
            !string.IsNullOrEmpty(LatentColumnName) || !string.IsNullOrEmpty(ReconstructionColumnName), LatentColumnName,
            $"and {nameof(ReconstructionColumnName)} is not given either; name at least one column to append");
    }
}
