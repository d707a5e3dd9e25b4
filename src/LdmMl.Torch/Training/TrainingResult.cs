using LdmMl.Torch.Models.Sharing;

namespace LdmMl.Torch.Training;

/// <summary>The result of a training. Disposing it disposes <see cref="Model"/>.</summary>
/// <typeparam name="TModel">What was trained.</typeparam>
public sealed class TrainingResult<TModel> : IDisposable
    where TModel : ModelHandle<TModel>
{
    internal TrainingResult(TModel model, TrainingOutcome outcome, int stepsBefore, IReadOnlyList<TrainingStep> history) =>
        (Model, Outcome, StepsBefore, History) = (model, outcome, stepsBefore, history);

    /// <summary>Gets a handle on what was trained, with the averaged weights (EMA) where there are any.</summary>
    /// <remarks>
    /// The latent scale of an autoencoder, and that of a diffusion model's first stage, is measured: 1 / the standard deviation of the training
    /// images' latents (CompVis <c>scale_by_std</c>), so that encoded images have variance 1.
    /// </remarks>
    public TModel Model { get; }

    /// <summary>Gets the LoRA that was trained, to be saved; <see cref="Model"/> has it merged into its weights.</summary>
    /// <value>Null unless <see cref="DiffusionTrainingOptions.Lora"/> asked for one.</value>
    public TrainedLora? Lora { get; internal init; }

    /// <summary>Gets why the training ended.</summary>
    public TrainingOutcome Outcome { get; }

    /// <summary>Gets the number of steps of earlier runs, from whose state this one resumed; 0 for a new training.</summary>
    public int StepsBefore { get; }

    /// <summary>Gets the number of finished steps, those of earlier runs included.</summary>
    public int Steps => LastStep?.Step ?? 0;

    /// <summary>Gets the reports of steps, those of earlier runs included: every <see cref="TrainingOptions.HistoryInterval"/>th.</summary>
    public IReadOnlyList<TrainingStep> History { get; }

    /// <summary>Gets the report of the last step; null when the training was cancelled before the first.</summary>
    public TrainingStep? LastStep => History.Count > 0 ? History[^1] : null;

    /// <summary>Gets all verdicts of the monitor, in the order of the steps; empty for a training that went well.</summary>
    public IReadOnlyList<TrainingVerdict> Verdicts => [.. History.SelectMany(step => step.Verdicts)];

    /// <summary>
    /// Gets the last validation, a <see cref="ReconstructionValidation"/> of an autoencoder or a <see cref="DiffusionValidation"/>; null without
    /// validation images.
    /// </summary>
    public ValidationResult? Validation => History.LastOrDefault(step => step.Validation is not null)?.Validation;

    /// <summary>Describes in one line how the training ended.</summary>
    /// <returns>Such as <c>Completed: step 600 of 600, epoch 3, loss 0.1234</c>.</returns>
    public override string ToString() => $"{Outcome}: {LastStep?.ToString() ?? "before the first step"}";

    /// <inheritdoc/>
    public void Dispose() => Model.Dispose();
}
