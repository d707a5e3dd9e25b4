using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Training;

namespace FashionMnist;

/// <summary>The second stage: a U-Net that learns to remove noise from latents, given the kind of clothing.</summary>
internal static class Diffusion
{
    /// <summary>Opens the model of a folder, or trains it.</summary>
    public static LatentDiffusionModel Open(string folder, AutoencoderModel firstStage, FashionData data, Plan plan)
    {
        if (Directory.Exists(folder))
        {
            Console.WriteLine($"Diffusion: {folder} already exists.");
            return LatentDiffusionModel.Load(folder);
        }

        Console.WriteLine("Diffusion:");
        var clock = new TrainingClock();
        using var result = new DiffusionTrainer(firstStage, Options(plan)).Train(data.Training, progress: clock);
        result.Model.Save(folder);
        Console.WriteLine($"  {result.Model.ParameterCount:N0} parameters in {clock.Time}, the encoding of the images included: {folder}");
        return result.Model.Share();
    }

    private static DiffusionTrainingOptions Options(Plan plan) => new()
    {
        UNet = new UNetConfig
        {
            InputChannels = 4, OutputChannels = 4, BaseChannels = 64, ChannelMultipliers = [1, 2], ResidualBlocks = 1,
            AttentionFactors = [2], HeadChannels = 32,
        },
        Schedule = new NoiseScheduleConfig { Curve = BetaCurve.Cosine },
        Loss = new DiffusionLossOptions { Prediction = Prediction.Velocity },
        Sampling = new SamplingSettings { Sampler = new DpmSolverPlusPlus2MSampler(), Steps = 15 },
        Steps = plan.DiffusionSteps, BatchSize = 64, Seed = 1,
        LearningRate = 1e-3, WarmupSteps = 200, Decay = LearningRateDecay.Cosine, EmaDecay = 0.999,
    };
}
