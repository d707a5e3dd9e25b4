using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>What a <see cref="TrainingRun"/> trains: networks with their losses and optimisers.</summary>
internal interface ILearner : IDisposable
{
    /// <summary>Gets where it computes.</summary>
    Device Device { get; }

    /// <summary>Learns one batch.</summary>
    /// <param name="images">Images [B, C, H, W] on its device, in its pixel range.</param>
    /// <param name="step">The step, from 1.</param>
    /// <exception cref="TrainingDivergedException">A loss or a gradient is not finite; no weight has moved in this step.</exception>
    LearntBatch Learn(Tensor images, int step);

    /// <summary>Measures how well it does on images that it does not learn.</summary>
    ValidationResult Validate(IImageSet images, int step);
}
