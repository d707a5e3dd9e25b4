using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Training;

namespace FirstStageObjectives;

/// <summary>An objective for which an autoencoder is trained.</summary>
/// <param name="Label">Its name in the picture.</param>
/// <param name="Name">Its name in the table.</param>
/// <param name="Folder">The folder of the resulting model.</param>
/// <param name="Options">The training options.</param>
internal sealed record Objective(string Label, string Name, string Folder, AutoencoderTrainingOptions Options)
{
    // The gradient of this trunk's distance is 30 to 50 times as long as that of L1: with this weight both have the same influence.
    private const double PerceptualWeight = 0.03;

    /// <summary>Creates the objective for continuing the training of an autoencoder.</summary>
    /// <param name="steps">The number of steps.</param>
    /// <param name="trunk">The perceptual distance.</param>
    public static Objective Finish(int steps, PerceptualModel trunk)
    {
        var perceptual = All(steps, trunk).Single(objective => objective.Folder == "perceptual");
        return perceptual with { Options = perceptual.Options with { BatchSize = 8, LearningRate = 5e-4, WarmupSteps = 20 } };
    }

    /// <summary>Lists the three objectives; each adds one term to the one before.</summary>
    /// <param name="steps">The number of steps of each.</param>
    /// <param name="trunk">The perceptual distance.</param>
    public static IReadOnlyList<Objective> All(int steps, PerceptualModel trunk)
    {
        var pixels = new AutoencoderTrainingOptions
        {
            Steps = steps,
            BatchSize = 4,
            Seed = 1,
            LearningRate = 1e-3,
            WarmupSteps = 100,
            Decay = LearningRateDecay.Cosine,
            ValidationInterval = Math.Max(1, steps / 5),
        };
        var perceptual = pixels with { PerceptualModel = trunk, PerceptualWeight = PerceptualWeight };
        var adversary = new AdversarialTrainingOptions { StartStep = steps / 2, Weight = 0.5, LearningRate = 2e-4 };
        var adversarial = perceptual with { Adversarial = adversary };
        return
        [
            new("L1", "L1", "l1", pixels),
            new("+PERCEPTUAL", "L1 + perceptual", "perceptual", perceptual),
            new("+ADVERSARIAL", "L1 + perceptual + adversarial", "adversarial", adversarial),
        ];
    }
}
