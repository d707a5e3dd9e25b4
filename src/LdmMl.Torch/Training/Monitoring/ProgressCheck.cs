namespace LdmMl.Torch.Training.Monitoring;

/// <summary>Checks whether the network is better than an untrained one.</summary>
/// <param name="trivial">The output of an untrained network, in words.</param>
/// <param name="pace">How many steps the check looks back and waits.</param>
internal sealed class ProgressCheck(string trivial, MonitorPace pace) : IMonitorCheck
{
    private readonly RunningMeans errors = new(pace.Window);

    public IReadOnlyList<RunningMeans> Memory => [errors];

    public IEnumerable<(TrainingVerdictKind Kind, string Sentence)> Look(TrainingStep step, StepSignals signals)
    {
        errors.Add(signals.Error, signals.FlatError);
        if (errors.Count < pace.FirstSteps || errors[0] < MonitorLimits.FlatShare * errors[1])
            yield break;
        yield return (TrainingVerdictKind.LossNotFalling, FormattableString.Invariant(
            $"The loss does not fall: after {step.Step} steps the error is {errors[0]:G3}, compared with {errors[1]:G3} for {trivial}. ")
            + FormattableString.Invariant($"The learning rate (now {step.LearningRate:G3}) is too low or far too high, or the data does not fit the network."));
    }
}
