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

    /// <summary>Trains, unless the folder already contains the model.</summary>
    /// <param name="objective">The objective.</param>
    /// <param name="folder">The folder of the trained model.</param>
    /// <param name="images">The training images.</param>
    /// <param name="validation">The validation images.</param>
    /// <param name="start">The folder of the model to continue with; null for new weights.</param>
    public static AutoencoderModel Run(Objective objective, string folder, ImageSet images, ImageSet validation, string? start = null)
    {
        if (Directory.Exists(folder))
        {
            Console.WriteLine($"{objective.Name}: {folder} already exists.");
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
