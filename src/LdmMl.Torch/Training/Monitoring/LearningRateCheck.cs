namespace LdmMl.Torch.Training.Monitoring;

/// <summary>Checks whether the learning rate is far from the usual one for the number of images per step.</summary>
/// <param name="options">The options.</param>
/// <param name="usual">The default for a batch of 16.</param>
/// <param name="published">The published rate per image of a batch, which is for large networks.</param>
internal sealed class LearningRateCheck(TrainingOptions options, double usual, double published) : IMonitorCheck
{
    public IReadOnlyList<RunningMeans> Memory => [];

    public IEnumerable<(TrainingVerdictKind Kind, string Sentence)> Look(TrainingStep step, StepSignals signals)
    {
        if (step.Step > 1)
            yield break;
        var images = options.BatchSize * options.AccumulatedBatches;
        var root = Math.Sqrt((double)images / MonitorLimits.UsualImages);
        var (least, most) = (published * MonitorLimits.UsualImages * root / MonitorLimits.RateFactor, usual * root * MonitorLimits.RateFactor);
        if (options.LearningRate < least || options.LearningRate > most)
        {
            yield return (TrainingVerdictKind.LearningRateUnusual, FormattableString.Invariant(
                $"The learning rate {options.LearningRate:G3} is {(options.LearningRate < least ? "low" : "high")} for {images} images per step: ")
                + FormattableString.Invariant($"usual rates are {least:G2} for large networks to {most:G2} for tiny ones."));
        }
    }
}
