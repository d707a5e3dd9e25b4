using LdmMl.Torch.Losses;
using LdmMl.Torch.Training.Monitoring;

namespace LdmMl.Torch.Training;

/// <summary>What a process tells the others about a batch.</summary>
internal sealed record BatchReport(
    double Loss, IReadOnlyList<LossValue> Terms, LossValue? Discriminator, IReadOnlyDictionary<string, double> Logged, StepSignals? Signals)
{
    public static BatchReport Of(TrainingStep step) => new(step.Loss, step.Terms, step.Discriminator, step.Logged, step.Signals);

    /// <summary>Returns the report as the learner made it.</summary>
    public TrainingStep ToStep(int step) => new()
    {
        Step = step, Loss = Loss, Terms = Terms, Discriminator = Discriminator, Logged = Logged, Signals = Signals, GradientNorm = 0, LearningRate = 0,
    };
}
