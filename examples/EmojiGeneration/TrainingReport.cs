using System.Diagnostics;
using LdmMl.Torch.Training;

namespace EmojiGeneration;

/// <summary>Prints how a training goes: the mean loss of every hundred steps, and every validation.</summary>
internal sealed class TrainingReport
{
    private const int Interval = 100;

    private readonly Stopwatch watch = Stopwatch.StartNew();
    private double sum;
    private int count;

    public void Add(TrainingStep step)
    {
        sum += step.Loss;
        count++;
        if (step.Step % Interval != 0)
            return;
        var held = step.Validation is DiffusionValidation validation ? $", held out {validation.Loss:F4}" : "";
        Console.WriteLine($"step {step.Step}/{step.Steps}: loss {sum / count:F4}{held} ({watch.Elapsed.TotalMinutes:F1} min)");
        (sum, count) = (0, 0);
    }
}
