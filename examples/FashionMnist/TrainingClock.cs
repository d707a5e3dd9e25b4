using System.Diagnostics;
using LdmMl.Torch.Training;

namespace FashionMnist;

/// <summary>Prints the progress of a training ten times, and the time that it took.</summary>
internal sealed class TrainingClock : IProgress<TrainingStep>
{
    private const int Lines = 10;

    private readonly Stopwatch watch = Stopwatch.StartNew();
    private readonly TimeSpan before = CpuTime;
    private double sum;
    private int count;

    /// <summary>Gets the time so far, on the wall and of all processors together.</summary>
    public string Time => $"{watch.Elapsed.TotalMinutes:F1} min, {(CpuTime - before).TotalMinutes:F1} min of processor time";

    private static TimeSpan CpuTime => Process.GetCurrentProcess().TotalProcessorTime;

    public void Report(TrainingStep value)
    {
        sum += value.Loss;
        count++;
        if (value.Step % Math.Max(1, value.Steps / Lines) != 0)
            return;
        Console.WriteLine($"  step {value.Step}/{value.Steps}: loss {sum / count:F4} ({Time})");
        (sum, count) = (0, 0);
    }
}
