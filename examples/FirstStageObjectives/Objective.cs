using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Training;

namespace FirstStageObjectives;

/// <summary>What an autoencoder is trained for.</summary>
/// <param name="Label">Its name in the picture.</param>
/// <param name="Name">Its name in the table.</param>
/// <param name="Folder">The folder of the model that comes of it.</param>
/// <param name="Options">Its training.</param>
internal sealed record Objective(string Label, string Name, string Folder, AutoencoderTrainingOptions Options)
{
    // The gradient of this trunk's distance is 30 to 50 times as long as that of L1: with this weight both pull alike.
    private const double PerceptualWeight = 0.03;

    /// <summary>Makes what a trained autoencoder goes on for.</summary>
    /// <param name="steps">How many steps it takes.</param>
    /// <param name="trunk">What measures perceptual distances.</param>
    public static Objective Finish(int steps, PerceptualModel trunk)
    {
        var perceptual = All(steps, trunk).Single(objective => objective.Folder == "perceptual");
        return perceptual with { Options = perceptual.Options with { BatchSize = 8, LearningRate = 5e-4, WarmupSteps = 20 } };
    }

    /// <summary>Lists the three, equal but for what each adds to the one before it.</summary>
    /// <param name="steps">How many steps each takes.</param>
    /// <param name="trunk">What measures perceptual distances.</param>
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
