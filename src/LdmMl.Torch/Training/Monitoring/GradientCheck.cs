namespace LdmMl.Torch.Training.Monitoring;

/// <summary>Checks whether the gradients have become much larger than they were (exploding gradients).</summary>
/// <param name="options">The options, for the numbers in the advice.</param>
internal sealed class GradientCheck(TrainingOptions options) : IMonitorCheck
{
    private readonly RunningMeans recent = new(options.MonitorPace.GradientWindow), usual = new(options.MonitorPace.Window);

    public IReadOnlyList<RunningMeans> Memory => [recent, usual];

    public IEnumerable<(TrainingVerdictKind Kind, string Sentence)> Look(TrainingStep step, StepSignals signals)
    {
        if (step.GradientNorm <= 0)
            yield break;
        var logarithm = Math.Log(step.GradientNorm);             // geometric mean, in which a single batch weighs little
        recent.Add(logarithm);
        var growth = Math.Exp(recent.Value - usual.Value);
        if (usual.Count >= options.MonitorPace.Window && growth > MonitorLimits.GradientGrowth)
        {
            var limit = options.GradientClipNorm is { } norm
                ? FormattableString.Invariant($"clip the gradients at a norm below {norm:G3}") : "clip the gradients by norm";
            yield return (TrainingVerdictKind.GradientsExploding, FormattableString.Invariant(
                $"The gradients' norm is {Math.Exp(recent.Value):G3}, {growth:F0} times what it was. ")
                + FormattableString.Invariant($"Lower the learning rate (now {step.LearningRate:G3}), or {limit}."));
        }

        // The baseline grows slowly, so that an explosion does not become the baseline before it is seen.
        usual.Add(usual.Count == 0 ? logarithm : Math.Min(logarithm, usual.Value + Math.Log(2)));
    }
}
