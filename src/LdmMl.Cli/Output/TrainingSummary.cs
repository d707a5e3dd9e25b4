using LdmMl.Torch.Losses;
using LdmMl.Torch.Training;

namespace LdmMl.Cli.Output;

/// <summary>A training as the tool shows it: a line for each step, and a document at the end.</summary>
internal static class TrainingSummary
{
    /// <summary>Describes a step by every term of its loss.</summary>
    public static string Of(TrainingStep step)
    {
        var terms = step.Terms.Select(Describe);
        var weight = step.Logged.TryGetValue("d_weight", out var value) ? [$"adversarial weight {value:G4}"] : Array.Empty<string>();
        var discriminator = step.Discriminator is { } loss ? [$"{loss.Name} {loss.Value:G4}"] : Array.Empty<string>();
        return $"step {step.Step}/{step.Steps}, {string.Join(", ", [.. terms, .. weight, .. discriminator])}, {step.ImagesPerSecond:F0} images/s";
    }

    // The product is what counts; where the weight is not 1, both factors are shown, because the weight is what people choose.
    private static string Describe(LossValue term) => term.Weight == 1
        ? $"{term.Name} {term.Value:G4}"
        : $"{term.Name} {term.Weighted:G4} ({term.Value:G4} x {term.Weight:G4})";

    /// <summary>Makes the document of a training that ended with a model.</summary>
    public static object Of(AutoencoderTrainingResult result) =>
        new { model = ModelInfo.Of(result.Model), outcome = result.Outcome.ToString(), lastStep = result.LastStep, validation = result.Validation };

    /// <summary>Makes the document of a training of a diffusion model that ended with one.</summary>
    public static object Of(DiffusionTrainingResult result) => new
    {
        model = DiffusionInfo.Of(result.Model), outcome = result.Outcome.ToString(), lastStep = result.LastStep, validation = result.Validation,
    };

    /// <summary>Makes the document of a training that diverged: no model is saved.</summary>
    public static object Of(TrainingDivergedException failure, TrainingStep? lastStep) =>
        new
        {
            model = (ModelInfo?)null, outcome = "Diverged", failure = new { failure.Message, failure.Step, failure.Module }, lastStep,
            validation = lastStep?.Validation,
        };
}
