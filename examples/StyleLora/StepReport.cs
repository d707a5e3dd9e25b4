using LdmMl.Torch.Training;

namespace StyleLora;

/// <summary>Prints every hundredth step.</summary>
internal sealed class StepReport : IProgress<TrainingStep>
{
    public void Report(TrainingStep value)
    {
        if (value.Step % 100 == 0)
            Console.WriteLine($"step {value.Step}/{value.Steps}: loss {value.Loss:F4}, {value.ImagesPerSecond:F0} images/s");
    }
}
