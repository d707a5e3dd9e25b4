namespace LdmMl.Torch.Training.Monitoring;

/// <summary>Checks whether a diffusion model's training latents have a standard deviation of about 1, which its noise schedule expects.</summary>
/// <param name="pace">How many steps the check looks back and waits.</param>
internal sealed class LearnedScaleCheck(MonitorPace pace) : IMonitorCheck
{
    private readonly RunningMeans deviation = new(pace.Window);

    public IReadOnlyList<RunningMeans> Memory => [deviation];

    public IEnumerable<(TrainingVerdictKind Kind, string Sentence)> Look(TrainingStep step, StepSignals signals)
    {
        if (signals.LatentDeviation is not { } measured)
            yield break;
        deviation.Add(measured);
        if (deviation.Count >= pace.ShortWindow
            && !(deviation.Value is < MonitorLimits.ScaleError and > 1 / MonitorLimits.ScaleError))
        {
            yield return (TrainingVerdictKind.LatentScaleDrifting, FormattableString.Invariant(
                $"The latents have a standard deviation of {deviation.Value:G3} instead of 1, so the noise schedule does not fit them. ")
                + "Let the training measure the latent scale, or correct the scale of the autoencoder.");
        }
    }
}
