namespace LdmMl.Torch.Training.Monitoring;

/// <summary>Checks every step for one kind of problem, or for several that show in the same figures.</summary>
internal interface IMonitorCheck
{
    /// <summary>Gets its state from earlier steps.</summary>
    IReadOnlyList<RunningMeans> Memory { get; }

    /// <summary>Checks a step, and reports a problem as long as it lasts.</summary>
    IEnumerable<(TrainingVerdictKind Kind, string Sentence)> Look(TrainingStep step, StepSignals signals);
}
