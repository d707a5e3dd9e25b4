namespace LdmMl.Torch.Training.Monitoring;

/// <summary>Checks whether the reconstructions have become much worse since the discriminator started.</summary>
/// <param name="limit">The ratio of the error to its smallest running mean that counts as a collapse.</param>
/// <param name="cure">The advice, in words.</param>
/// <param name="pace">How many steps the check looks back and waits.</param>
internal sealed class CollapseCheck(double limit, Func<string> cure, MonitorPace pace) : IMonitorCheck
{
    private readonly RunningMeans recent = new(pace.ShortWindow), steady = new(pace.Window), best = new(1);

    public IReadOnlyList<RunningMeans> Memory => [recent, steady, best];

    /// <summary>Gets whether the latest step showed a collapse.</summary>
    public bool HasCollapsed { get; private set; }

    /// <summary>Gets whether the latest step's state is worth restoring later.</summary>
    public bool IsGood => best.Count > 0 && recent.Value <= best.Value * MonitorLimits.Good;

    public IEnumerable<(TrainingVerdictKind Kind, string Sentence)> Look(TrainingStep step, StepSignals signals)
    {
        recent.Add(signals.Error);
        steady.Add(signals.Error);
        if (steady.Count >= pace.Window && !(best.Value <= steady.Value))
            best.Add(steady.Value);
        HasCollapsed = step.IsOpposed && best.Count > 0 && recent.Count >= pace.ShortWindow && recent.Value > limit * best.Value;
        if (HasCollapsed)
        {
            yield return (TrainingVerdictKind.ReconstructionCollapsed, FormattableString.Invariant(
                $"The reconstructions have collapsed under the discriminator: their error is {recent.Value:G3}; the smallest was {best.Value:G3}. ")
                + cure());
        }
    }

    /// <summary>Restarts after the training was rolled back; the best error is kept.</summary>
    public void Restart()
    {
        recent.Clear();
        steady.Clear();
        HasCollapsed = false;
    }
}
