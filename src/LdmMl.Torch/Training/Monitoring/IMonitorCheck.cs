namespace LdmMl.Torch.Training.Monitoring;

/// <summary>Looks at every step for one kind of trouble, or for kinds that the same figures show.</summary>
internal interface IMonitorCheck
{
    /// <summary>Gets what it remembers of earlier steps.</summary>
    IReadOnlyList<RunningMeans> Memory { get; }

    /// <summary>Looks at a step, and says what is wrong as long as it is.</summary>
    IEnumerable<(TrainingVerdictKind Kind, string Sentence)> Look(TrainingStep step, StepSignals signals);
}
