using LdmMl.Torch.Generation;

namespace LdmMl.Torch.Training;

/// <summary>What a training of a diffusion model ended with. Disposing it disposes <see cref="Model"/>.</summary>
public sealed class DiffusionTrainingResult : IDisposable
{
    internal DiffusionTrainingResult(LatentDiffusionModel model, TrainingOutcome outcome, TrainingStep? lastStep, DiffusionValidation? validation)
    {
        Model = model;
        Outcome = outcome;
        LastStep = lastStep;
        Validation = validation;
    }

    /// <summary>Gets the model: the first stage with the measured latent scale, and the U-Net with its averaged weights.</summary>
    public LatentDiffusionModel Model { get; }

    /// <summary>Gets why the training ended.</summary>
    public TrainingOutcome Outcome { get; }

    /// <summary>Gets the report of the last step; null when it was cancelled before the first.</summary>
    public TrainingStep? LastStep { get; }

    /// <summary>Gets the last validation; null without validation images.</summary>
    public DiffusionValidation? Validation { get; }

    /// <summary>Says in one line how the training ended.</summary>
    /// <returns>Such as <c>Completed: step 600 of 600, epoch 3, loss 0.1234</c>.</returns>
    public override string ToString() => $"{Outcome}: {LastStep?.ToString() ?? "before the first step"}";

    /// <inheritdoc/>
    public void Dispose() => Model.Dispose();
}
