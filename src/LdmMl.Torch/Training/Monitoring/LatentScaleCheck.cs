namespace LdmMl.Torch.Training.Monitoring;

/// <summary>Checks whether the standard deviation of an autoencoder's latents still grows or shrinks in the second half of its training.</summary>
/// <param name="pace">How many steps the check looks back and waits.</param>
internal sealed class LatentScaleCheck(MonitorPace pace) : IMonitorCheck
{
    private readonly RunningMeans recent = new(pace.Window), before = new(1);

    public IReadOnlyList<RunningMeans> Memory => [recent, before];

    public IEnumerable<(TrainingVerdictKind Kind, string Sentence)> Look(TrainingStep step, StepSignals signals)
    {
        if (signals.LatentDeviation is not { } measured)
            yield break;
        recent.Add(measured);
        if (recent.Count % pace.ScaleWindow != 0)
            yield break;
        var (old, present, isFirst) = (before.Value, recent.Value, before.Count == 0);
        before.Add(present);
        if (!isFirst && step.Step > step.Steps / 2 && !(present / old is < MonitorLimits.ScaleDrift and > 1 / MonitorLimits.ScaleDrift))
        {
            yield return (TrainingVerdictKind.LatentScaleDrifting, FormattableString.Invariant(
                $"The latents' standard deviation went from {old:G3} to {present:G3} within {pace.ScaleWindow} steps; by now it should have settled. ")
                + (present > old
                    ? "Raise the weight of the Kullback-Leibler or codebook term, or lower the learning rate."
                    : "Lower the weight of the Kullback-Leibler or codebook term, or the learning rate."));
        }
    }
}
