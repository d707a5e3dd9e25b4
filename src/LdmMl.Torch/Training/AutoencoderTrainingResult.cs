using LdmMl.Torch.Models.Autoencoders;

namespace LdmMl.Torch.Training;

/// <summary>The result of training an autoencoder. Disposing it disposes <see cref="Model"/>.</summary>
public sealed class AutoencoderTrainingResult : TrainingResult
{
    internal AutoencoderTrainingResult(AutoencoderModel model, TrainingOutcome outcome, int stepsBefore, IReadOnlyList<TrainingStep> history)
        : base(outcome, stepsBefore, history) =>
        Model = model;

    /// <summary>
    /// Gets a handle to the trained weights. Its latent scale is 1 / the standard deviation of the training images' latents, the means of their
    /// posteriors (CompVis <c>scale_by_std</c>), so that encoded images have variance 1.
    /// </summary>
    public AutoencoderModel Model { get; }

    /// <summary>Gets the last validation; null without validation images.</summary>
    public ReconstructionValidation? Validation => LastValidation as ReconstructionValidation;

    /// <summary>Describes in one line how the training ended.</summary>
    /// <returns>Such as <c>Completed: step 600 of 600, epoch 3, loss 0.1234</c>.</returns>
    public override string ToString() => $"{Outcome}: {LastStep?.ToString() ?? "before the first step"}";

    /// <inheritdoc/>
    public override void Dispose() => Model.Dispose();
}
