namespace LdmMl.Torch.Training;

/// <summary>The result of a training: what both kinds have in common. Disposing it disposes the trained model.</summary>
public abstract class TrainingResult : IDisposable
{
    private protected TrainingResult(TrainingOutcome outcome, int stepsBefore, IReadOnlyList<TrainingStep> history) =>
        (Outcome, StepsBefore, History) = (outcome, stepsBefore, history);

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

    private protected ValidationResult? LastValidation => History.LastOrDefault(step => step.Validation is not null)?.Validation;

    /// <inheritdoc/>
    public abstract void Dispose();
}
