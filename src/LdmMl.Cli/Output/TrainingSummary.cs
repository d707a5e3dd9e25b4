using LdmMl.Torch.Training;

namespace LdmMl.Cli.Output;

/// <summary>A training as the tool tells it: a line for each step, and a document at the end.</summary>
internal static class TrainingSummary
{
    /// <summary>Describes a step by every term of its loss.</summary>
    public static string Of(TrainingStep step)
    {
        var terms = step.Terms.Select(term => $"{term.Name} {term.Weighted:G4}");
        var weight = step.Logged.TryGetValue("d_weight", out var value) ? [$"adversarial weight {value:G4}"] : Array.Empty<string>();
        var discriminator = step.Discriminator is { } loss ? [$"{loss.Name} {loss.Value:G4}"] : Array.Empty<string>();
        return $"step {step.Step}/{step.Steps}, {string.Join(", ", [.. terms, .. weight, .. discriminator])}, {step.ImagesPerSecond:F0} images/s";
    }

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
