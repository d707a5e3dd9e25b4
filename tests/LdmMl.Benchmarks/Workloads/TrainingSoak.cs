using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training;
using TorchSharp;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>
/// Trains for many steps with the whole objective and watches the memory: 8 channels, 4 images of 32x32, LPIPS over SqueezeNet 1.1,
/// a discriminator of 8 channels, a learned variance.
/// </summary>
internal static class TrainingSoak
{
    public static void Run(int steps, int looks, Action<int, double, long> look)
    {
        using var perceptual = LpipsWeights.Open(PerceptualTrunkConfig.SqueezeNet);
        using var model = AutoencoderModel.Create(
            new KlAutoencoderConfig
            {
                BaseChannels = 8, ChannelMultipliers = [1, 2], LatentChannels = 2, ResidualBlocks = 1, NormGroups = 4, MiddleAttention = false,
            },
            seed: 1);
        var options = new AutoencoderTrainingOptions
        {
            Steps = steps, BatchSize = 4, LearningRate = 1e-4, PerceptualModel = perceptual, LearnLogVariance = true,
            Adversarial = new AdversarialTrainingOptions { StartStep = 0, Channels = 8 },
        };
        new AutoencoderTrainer(model, options).Train(Images(), progress: new Steps(step =>
        {
            if (step.Step * looks / steps != (step.Step - 1) * looks / steps)
                look(step.Step, Environment.WorkingSet / 1e6, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        })).Dispose();
    }

    private static ImageSet Images()
    {
        var (set, random) = (new ImageSet(32, 32), new Random(1));
        var pixels = new byte[32 * 32 * 3];
        for (var image = 0; image < 50; image++)
        {
            random.NextBytes(pixels);
            set.Add(pixels, PixelLayout.Rgb24);
        }

        return set;
    }
}
