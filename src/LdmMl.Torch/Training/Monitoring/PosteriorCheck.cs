namespace LdmMl.Torch.Training.Monitoring;

/// <summary>Checks whether channels of a KL autoencoder's latents carry no information (posterior collapse; Bowman et al. 2016).</summary>
/// <param name="weight">The weight of the divergence.</param>
/// <param name="pace">How many steps the check looks back and waits.</param>
internal sealed class PosteriorCheck(double weight, MonitorPace pace) : IMonitorCheck
{
    private readonly RunningMeans divergences = new(pace.Window);

    public IReadOnlyList<RunningMeans> Memory => [divergences];

    public IEnumerable<(TrainingVerdictKind Kind, string Sentence)> Look(TrainingStep step, StepSignals signals)
    {
        if (signals.ChannelDivergences is not { } present)
            yield break;
        divergences.Add(present);
        if (divergences.Count < pace.FirstSteps)
            yield break;
        var empty = Enumerable.Range(0, divergences.Length).Where(channel => divergences[channel] < MonitorLimits.ChannelDivergence).ToArray();
        if (empty.Length > 0)
        {
            var names = $"{(empty.Length == 1 ? "Channel" : "Channels")} {string.Join(", ", empty)} of {divergences.Length} (from 0)";
            yield return (TrainingVerdictKind.PosteriorCollapsed, FormattableString.Invariant(
                $"{names} of the latents carry no information: the posteriors are at most {empty.Max(channel => divergences[channel]):G2} nats per value ")
                + FormattableString.Invariant($"from the standard normal. Lower the weight of the Kullback-Leibler term (now {weight:G3}), ")
                + "or use fewer latent channels.");
        }
    }
}
