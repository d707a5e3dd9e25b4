namespace LdmMl.Torch.Training;

/// <summary>How a training went: what its results of both kinds share. Disposing it disposes the trained model.</summary>
public abstract class TrainingResult : IDisposable
{
    private protected TrainingResult(TrainingOutcome outcome, int stepsBefore, IReadOnlyList<TrainingStep> history) =>
        (Outcome, StepsBefore, History) = (outcome, stepsBefore, history);

    /// <summary>Gets why the training ended.</summary>
    public TrainingOutcome Outcome { get; }

    /// <summary>Gets the number of steps that earlier runs took, from whose state this one went on; 0 for a training that began.</summary>
    public int StepsBefore { get; }

    /// <summary>Gets the number of steps that are done, those of earlier runs included.</summary>
    public int Steps => LastStep?.Step ?? 0;

    /// <summary>Gets the reports of steps, those of earlier runs included: every <see cref="TrainingOptions.HistoryInterval"/>th.</summary>
    public IReadOnlyList<TrainingStep> History { get; }

    /// <summary>Gets the report of the last step; null when the training was cancelled before the first.</summary>
    public TrainingStep? LastStep => History.Count > 0 ? History[^1] : null;

    /// <summary>Gets everything that the monitor said, in the order of the steps; empty for a training that went well.</summary>
    public IReadOnlyList<TrainingVerdict> Verdicts => [.. History.SelectMany(step => step.Verdicts)];

    private protected ValidationResult? LastValidation => History.LastOrDefault(step => step.Validation is not null)?.Validation;

    /// <inheritdoc/>
    public abstract void Dispose();
}
