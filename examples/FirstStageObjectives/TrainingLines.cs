using System.Diagnostics;
using LdmMl.Torch.Training;

namespace FirstStageObjectives;

/// <summary>Prints every fiftieth step of a training, and every validation.</summary>
internal sealed class TrainingLines : IProgress<TrainingStep>
{
    private readonly Stopwatch watch = Stopwatch.StartNew();

    public void Report(TrainingStep value)
    {
        if (value.Step % 50 != 0 && value.Validation is null)
            return;
        var terms = string.Join(", ", value.Terms.Select(term => $"{term.Name} {term.Weighted:G4}"));
        var validation = value.Validation is ReconstructionValidation measured ? $"; validation PSNR {measured.Psnr:F2} dB" : "";
        Console.WriteLine($"  step {value.Step}/{value.Steps} ({watch.Elapsed.TotalMinutes:F1} min): {terms}{validation}");
    }
}
