using LdmMl.Torch.Models.Autoencoders;

namespace LdmMl.Torch.Training;

/// <summary>What a training of an autoencoder ended with. Disposing it disposes <see cref="Model"/>.</summary>
public sealed class AutoencoderTrainingResult : IDisposable
{
    internal AutoencoderTrainingResult(AutoencoderModel model, TrainingOutcome outcome, TrainingStep? lastStep, ReconstructionValidation? validation)
    {
        Model = model;
        Outcome = outcome;
        LastStep = lastStep;
        Validation = validation;
    }

    /// <summary>
    /// Gets a handle on the trained weights whose latent scale is 1 / the standard deviation of the training images' latents
    /// (CompVis <c>scale_by_std</c>), so that the latents it gives have variance 1.
    /// </summary>
    public AutoencoderModel Model { get; }

    /// <summary>Gets why the training ended.</summary>
    public TrainingOutcome Outcome { get; }

    /// <summary>Gets the report of the last step; null when it was cancelled before the first.</summary>
    public TrainingStep? LastStep { get; }

    /// <summary>Gets the last validation; null without validation images.</summary>
    public ReconstructionValidation? Validation { get; }

    /// <summary>Says in one line how the training ended.</summary>
    /// <returns>Such as <c>Completed: step 600 of 600, epoch 3, loss 0.1234</c>.</returns>
    public override string ToString() => $"{Outcome}: {LastStep?.ToString() ?? "before the first step"}";

    /// <inheritdoc/>
    public void Dispose() => Model.Dispose();
}
