using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Training;

namespace FashionMnist;

/// <summary>The first stage: an autoencoder whose latents [4, 8, 8] have a quarter of the numbers of an image.</summary>
internal static class FirstStage
{
    /// <summary>Opens the model of a folder, or trains it.</summary>
    public static AutoencoderModel Open(string folder, FashionData data, Plan plan)
    {
        if (Directory.Exists(folder))
        {
            Console.WriteLine($"First stage: {folder} already exists.");
            return AutoencoderModel.Load(folder);
        }

        Console.WriteLine("First stage:");
        var network = new KlAutoencoderConfig
        {
            ImageChannels = 1, BaseChannels = 16, ChannelMultipliers = [1, 2, 4], LatentChannels = 4, ResidualBlocks = 1, NormGroups = 8,
            MiddleAttention = false, Resolution = FashionData.Side,
        };
        using var model = AutoencoderModel.Create(network, seed: 1);
        var options = new AutoencoderTrainingOptions { Steps = plan.FirstStageSteps, BatchSize = 32, Seed = 1, LearningRate = 2e-3 };
        var clock = new TrainingClock();
        using var result = new AutoencoderTrainer(model, options).Train(data.Training.Images, progress: clock);
        result.Model.Save(folder);
        Console.WriteLine($"  {result.Model.ParameterCount:N0} parameters in {clock.Time}: {folder}");
        return result.Model.Share();
    }
}
