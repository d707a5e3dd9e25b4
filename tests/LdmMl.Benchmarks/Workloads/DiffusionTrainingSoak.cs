using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training;
using TorchSharp;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>
/// Trains a diffusion model for many steps and watches the memory: a U-Net of 8 and 16 channels with dropout, 4 latents of 2x8x8, labels,
/// flips, sampled posteriors, a moving average, and the state written every 500 steps.
/// </summary>
internal static class DiffusionTrainingSoak
{
    private const int Side = 16, Images = 50, Labels = 3;

    public static void Run(int steps, int looks, Action<int, double, long> look)
    {
        using var autoencoder = AutoencoderModel.Create(
            new KlAutoencoderConfig
            {
                BaseChannels = 8, ChannelMultipliers = [1, 2], LatentChannels = 2, ResidualBlocks = 1, NormGroups = 4, MiddleAttention = false,
            },
            seed: 1);
        var folder = Directory.CreateTempSubdirectory("training-state-");
        var options = new DiffusionTrainingOptions
        {
            UNet = new UNetConfig
            {
                InputChannels = 2, OutputChannels = 2, BaseChannels = 8, ChannelMultipliers = [1, 2], ResidualBlocks = 1, AttentionFactors = [2],
                NormGroups = 4, Dropout = 0.1,
            },
            Steps = steps, BatchSize = 4, HorizontalFlips = true, StateFolder = folder.FullName, SaveInterval = 500,
        };
        new DiffusionTrainer(autoencoder, options).Train(Set(), progress: new Steps(step =>
        {
            if (step.Step * looks / steps != (step.Step - 1) * looks / steps)
                look(step.Step, Environment.WorkingSet / 1e6, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        })).Dispose();
        folder.Delete(recursive: true);
    }

    private static LabeledImages Set()
    {
        var (set, random) = (new ImageSet(Side, Side), new Random(1));
        var pixels = new byte[Side * Side * 3];
        for (var image = 0; image < Images; image++)
        {
            random.NextBytes(pixels);
            set.Add(pixels, PixelLayout.Rgb24);
        }

        return new LabeledImages(set, [.. Enumerable.Range(0, Images).Select(image => image % Labels)]);
    }
}
