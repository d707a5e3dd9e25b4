using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Training;

namespace LdmMl.Cli.Output;

/// <summary>A training as the tool shows it: a line for each step, and a document at the end.</summary>
internal static class TrainingSummary
{
    /// <summary>Says how far a training is, in a line whose beginning matters most.</summary>
    /// <param name="step">The last step.</param>
    /// <param name="best">The best validation in words; null before the first.</param>
    public static string Line(TrainingStep step, string? best)
    {
        var share = (double)step.Step / step.Steps;
        string[] known = best is null ? [] : [$"best {best}"];
        var discriminator = step.Discriminator is { } loss ? [$"{loss.Name} {loss.Value:G3}"] : Array.Empty<string>();
        var terms = step.Terms.Select(term => $"{term.Name} {term.Weighted:G3}");
        return string.Join(", ", [
            $"step {step.Step}/{step.Steps} ({share:P0})", $"{Duration.Of(step.TimeLeft)} left", $"{step.ImagesPerSecond:G3} images/s", .. known, .. terms,
            .. discriminator,
        ]);
    }

    /// <summary>Creates the document of a training that ended with a model.</summary>
    public static object Of(TrainingResult<AutoencoderModel> result) =>
        new
        {
            model = ModelInfo.Of(result.Model), outcome = result.Outcome.ToString(), lastStep = result.LastStep, verdicts = result.Verdicts,
            validation = result.Validation as ReconstructionValidation,
        };

    /// <summary>Creates the document of a training of a diffusion model that ended with one.</summary>
    public static object Of(TrainingResult<LatentDiffusionModel> result) => new
    {
        model = DiffusionInfo.Of(result.Model), outcome = result.Outcome.ToString(), lastStep = result.LastStep, verdicts = result.Verdicts,
        validation = result.Validation as DiffusionValidation,
    };

    /// <summary>Creates the document of a training that diverged: no model is saved.</summary>
    public static object Of(TrainingDivergedException failure, TrainingStep? lastStep) =>
        new
        {
            model = (ModelInfo?)null, outcome = "Diverged", failure = new { failure.Message, failure.Step, failure.Module }, lastStep,
            validation = lastStep?.Validation,
        };
}
