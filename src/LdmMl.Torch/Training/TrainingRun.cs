using System.Diagnostics;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>One training under way, of whatever learns: it reads batches, counts steps, measures the speed and validates where that is due.</summary>
/// <param name="learner">What is trained; stays with the caller.</param>
/// <param name="batches">The batches; they stay with the caller.</param>
/// <param name="steps">How many steps to take.</param>
/// <param name="validation">Images to measure the progress on; null for none.</param>
/// <param name="validationInterval">After how many steps; null for every epoch.</param>
internal sealed class TrainingRun(ILearner learner, BatchReader batches, int steps, IImageSet? validation, int? validationInterval)
{
    private readonly Stopwatch clock = new();
    private long imagesSeen;

    public bool IsComplete => (LastStep?.Step ?? 0) == steps;

    public TrainingStep? LastStep { get; private set; }

    public ValidationResult? Validation { get; private set; }

    /// <summary>Takes one step, and validates where that is due.</summary>
    public TrainingStep Advance()
    {
        clock.Start();
        var step = Learn((LastStep?.Step ?? 0) + 1);
        clock.Stop();
        if (validation is not null && IsValidationDue(step.Step))
            step = step with { Validation = Validation = learner.Validate(validation, step.Step) };
        return LastStep = step with { ImagesPerSecond = imagesSeen / clock.Elapsed.TotalSeconds };
    }

    private TrainingStep Learn(int step)
    {
        using var scope = NewDisposeScope();
        var images = batches.Next().to(learner.Device);          // [B, C, H, W]
        var learnt = learner.Learn(images, step);
        imagesSeen += images.shape[0];
        return new TrainingStep
        {
            Step = step, Steps = steps, Epoch = batches.Epoch, Loss = learnt.Loss, Terms = learnt.Terms, Logged = learnt.Logged,
            Discriminator = learnt.Discriminator, GradientNorm = learnt.GradientNorm, LearningRate = learnt.LearningRate, ImagesPerSecond = 0,
        };
    }

    private bool IsValidationDue(int step) =>
        step == steps || (validationInterval is { } interval ? step % interval == 0 : batches.EndsEpoch);
}
