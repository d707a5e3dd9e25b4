using System.Diagnostics;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Training;

namespace FirstStageObjectives;

/// <summary>Trains the network of <c>models/emoji-kl-f4</c> for an objective.</summary>
internal static class ObjectiveTraining
{
    private static readonly KlAutoencoderConfig Network = new()
    {
        BaseChannels = 32,
        ChannelMultipliers = [1, 1, 2],
        ResidualBlocks = 1,
        LatentChannels = 4,
        NormGroups = 32,
        Resolution = NamedImages.Side,
    };

    /// <summary>Trains, unless the folder holds the model already.</summary>
    /// <param name="objective">What for.</param>
    /// <param name="folder">The folder of the trained model.</param>
    /// <param name="images">What to learn from.</param>
    /// <param name="validation">What to measure the progress on.</param>
    /// <param name="start">The folder of the model to go on with; null for fresh weights.</param>
    public static AutoencoderModel Run(Objective objective, string folder, ImageSet images, ImageSet validation, string? start = null)
    {
        if (Directory.Exists(folder))
        {
            Console.WriteLine($"{objective.Name}: {folder} is there already.");
            return AutoencoderModel.Load(folder);
        }
        using var model = start is null ? AutoencoderModel.Create(Network, seed: 1) : AutoencoderModel.Load(start);
        var watch = Stopwatch.StartNew();
        using var result = new AutoencoderTrainer(model, objective.Options).Train(images, validation, new TrainingLines());
        result.Model.Save(folder);
        Console.WriteLine($"{objective.Name}: {result.LastStep!.Step} steps in {watch.Elapsed.TotalMinutes:F1} min: {folder}");
        return result.Model.Share();
    }
}
