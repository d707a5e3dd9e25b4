namespace LdmMl.Torch.Training.Monitoring;

/// <summary>Checks whether most entries of a VQ autoencoder's codebook are hardly used (dead codes, codebook collapse).</summary>
/// <param name="pace">How many steps the check looks back and waits.</param>
internal sealed class CodebookCheck(MonitorPace pace) : IMonitorCheck
{
    private readonly RunningMeans uses = new(pace.Window);

    public IReadOnlyList<RunningMeans> Memory => [uses];

    public IEnumerable<(TrainingVerdictKind Kind, string Sentence)> Look(TrainingStep step, StepSignals signals)
    {
        if (signals.CodeUses is not { } present)
            yield break;
        uses.Add(present);
        if (uses.Count < pace.FirstSteps)
            yield break;
        var total = Enumerable.Range(0, uses.Length).Sum(entry => uses[entry]);
        var least = MonitorLimits.CodeUse * total / uses.Length;
        var dead = Enumerable.Range(0, uses.Length).Count(entry => uses[entry] < least);
        if (dead > MonitorLimits.DeadShare * uses.Length)
        {
            yield return (TrainingVerdictKind.DeadCodes,
                $"{dead} of the {uses.Length} entries of the codebook are hardly used: less than a hundredth as often as on average. "
                + "Use a smaller codebook, a lower learning rate, or more images per step.");
        }
    }
}
