namespace LdmMl.Torch.Training.Monitoring;

/// <summary>Checks whether the adaptive weight of the adversarial term (<c>d_weight</c>) is at its upper limit.</summary>
/// <param name="limit">The largest adaptive weight.</param>
/// <param name="pace">How many steps the check looks back and waits.</param>
internal sealed class AdaptiveWeightCheck(double limit, MonitorPace pace) : IMonitorCheck
{
    private readonly RunningMeans share = new(pace.Window);

    public IReadOnlyList<RunningMeans> Memory => [share];

    public IEnumerable<(TrainingVerdictKind Kind, string Sentence)> Look(TrainingStep step, StepSignals signals)
    {
        if (!step.IsOpposed || !step.Logged.TryGetValue("d_weight", out var weight))
            yield break;
        share.Add(weight >= limit * (1 - 1e-6) ? 1 : 0);
        if (share.Count >= pace.FirstSteps && share.Value > MonitorLimits.ClampedShare)
        {
            yield return (TrainingVerdictKind.AdaptiveWeightAtLimit, FormattableString.Invariant(
                $"The adaptive weight is at its limit of {limit:G4} in {share.Value:P0} of the steps: compared with the image terms, the discriminator's ")
                + "gradient has almost vanished, and the weight amplifies what is left. Raise the discriminator's learning rate, or let it start earlier.");
        }
    }
}
