namespace LdmMl.Torch.Training.Monitoring;

/// <summary>Checks whether a discriminator is too strong to give useful gradients, or cannot tell images apart (its logits; GAN).</summary>
/// <param name="pace">How many steps the check looks back and waits.</param>
internal sealed class AdversaryCheck(MonitorPace pace) : IMonitorCheck
{
    private readonly RunningMeans logits = new(pace.Window);

    public IReadOnlyList<RunningMeans> Memory => [logits];

    public IEnumerable<(TrainingVerdictKind Kind, string Sentence)> Look(TrainingStep step, StepSignals signals)
    {
        if (step.Discriminator is null || !step.IsOpposed)
            yield break;
        logits.Add(step.Logged["logits_real"], step.Logged["logits_fake"]);
        if (logits.Count < pace.FirstSteps)
            yield break;
        var (real, generated) = (logits[0], logits[1]);
        var figures = FormattableString.Invariant($"its logits are {real:F2} for images and {generated:F2} for reconstructions");
        if (real > MonitorLimits.LogitMargin && generated < -MonitorLimits.LogitMargin)
        {
            yield return (TrainingVerdictKind.AdversaryTooStrong, $"The discriminator wins: {figures}, beyond its margins of 1 and -1, so that its "
                + "gradients are small. Lower its learning rate, give it fewer channels, or let it start later.");
        }

        if (Math.Abs(real - generated) < MonitorLimits.LogitDifference)
        {
            yield return (TrainingVerdictKind.AdversaryUseless, $"The discriminator cannot tell images from reconstructions: {figures}, so its "
                + "gradients are noise. Raise its learning rate or its number of channels, or train without it.");
        }
    }
}
