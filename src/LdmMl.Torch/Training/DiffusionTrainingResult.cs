using LdmMl.Torch.Generation;

namespace LdmMl.Torch.Training;

/// <summary>The result of training a diffusion model. Disposing it disposes <see cref="Model"/>.</summary>
public sealed class DiffusionTrainingResult : TrainingResult
{
    internal DiffusionTrainingResult(LatentDiffusionModel model, TrainingOutcome outcome, int stepsBefore, IReadOnlyList<TrainingStep> history)
        : base(outcome, stepsBefore, history) =>
        Model = model;

    /// <summary>Gets the model: the first stage with the measured latent scale, and the U-Net with its averaged weights (EMA).</summary>
    public LatentDiffusionModel Model { get; }

    /// <summary>Gets the last validation; null without validation images.</summary>
    public DiffusionValidation? Validation => LastValidation as DiffusionValidation;

    /// <summary>Describes in one line how the training ended.</summary>
    /// <returns>Such as <c>Completed: step 600 of 600, epoch 3, loss 0.1234</c>.</returns>
    public override string ToString() => $"{Outcome}: {LastStep?.ToString() ?? "before the first step"}";

    /// <inheritdoc/>
    public override void Dispose() => Model.Dispose();
}
