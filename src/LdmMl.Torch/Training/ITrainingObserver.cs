namespace LdmMl.Torch.Training;

/// <summary>A receiver of steps that also wants to know the history when a training resumes from its state.</summary>
internal interface ITrainingObserver : IProgress<TrainingStep>
{
    /// <summary>Receives the history of earlier runs, once, before the first step of this one.</summary>
    /// <param name="history">The recorded steps, as in <see cref="TrainingResult{TModel}.History"/>; at least one.</param>
    void ContinueFrom(IReadOnlyList<TrainingStep> history);
}
