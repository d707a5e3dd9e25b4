using System.Diagnostics;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>One training under way, of whatever learns: it reads batches, counts steps, measures the speed and validates where that is due.</summary>
/// <typeparam name="T">What a batch is.</typeparam>
/// <param name="learner">What is trained; stays with the caller.</param>
/// <param name="batches">The batches; they stay with the caller.</param>
/// <param name="steps">How many steps to take.</param>
/// <param name="validation">Measures the progress after a step; null for no validation.</param>
/// <param name="validationInterval">After how many steps; null for every epoch.</param>
internal sealed class TrainingRun<T>(
    ILearner<T> learner, IBatches<T> batches, int steps, Func<int, ValidationResult>? validation = null, int? validationInterval = null)
{
    private readonly Stopwatch clock = new();
    private long imagesSeen;

    /// <summary>Gets how many steps an earlier run has taken, from whose state this one goes on.</summary>
    public int StepsBefore { get; init; }

    /// <summary>Gets how many steps are taken.</summary>
    public int StepsDone => LastStep?.Step ?? StepsBefore;

    public bool IsComplete => StepsDone >= steps;

    public TrainingOutcome Outcome => IsComplete ? TrainingOutcome.Completed : TrainingOutcome.Cancelled;

    public TrainingStep? LastStep { get; private set; }

    public ValidationResult? Validation { get; private set; }

    /// <summary>Takes the steps that are left, unless it is told to stop between two of them.</summary>
    public void Finish(Action<TrainingStep>? onStep, CancellationToken cancellationToken)
    {
        while (!IsComplete && !cancellationToken.IsCancellationRequested)
        {
            var step = Advance();
            onStep?.Invoke(step);
        }
    }

    /// <summary>Takes one step, and validates where that is due.</summary>
    public TrainingStep Advance()
    {
        clock.Start();
        var step = Learn(StepsDone + 1);
        clock.Stop();
        if (validation is not null && IsValidationDue(step.Step))
            step = step with { Validation = Validation = validation(step.Step) };
        return LastStep = step with { ImagesPerSecond = imagesSeen / clock.Elapsed.TotalSeconds };
    }

    private TrainingStep Learn(int step)
    {
        using var scope = NewDisposeScope();
        var learnt = learner.Learn(batches.Next(), step);
        imagesSeen += batches.Size;
        return new TrainingStep
        {
            Step = step, Steps = steps, Epoch = batches.Epoch, Loss = learnt.Loss, Terms = learnt.Terms, Logged = learnt.Logged,
            Discriminator = learnt.Discriminator, GradientNorm = learnt.GradientNorm, LearningRate = learnt.LearningRate, ImagesPerSecond = 0,
        };
    }

    private bool IsValidationDue(int step) =>
        step == steps || (validationInterval is { } interval ? step % interval == 0 : batches.EndsEpoch);
}
