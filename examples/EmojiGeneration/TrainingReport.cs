using System.Diagnostics;
using LdmMl.Torch.Training;

namespace EmojiGeneration;

/// <summary>Prints the progress of a training: the mean loss of every hundred steps, and every validation.</summary>
internal sealed class TrainingReport : IProgress<TrainingStep>
{
    private const int Interval = 100;

    private readonly Stopwatch watch = Stopwatch.StartNew();
    private double sum;
    private int count;

    public void Report(TrainingStep value)
    {
        sum += value.Loss;
        count++;
        if (value.Step % Interval != 0)
            return;
        var held = value.Validation is DiffusionValidation validation ? $", held out {validation.Loss:F4}" : "";
        Console.WriteLine($"step {value.Step}/{value.Steps}: loss {sum / count:F4}{held} ({watch.Elapsed.TotalMinutes:F1} min)");
        (sum, count) = (0, 0);
    }
}
