using LdmMl.Benchmarks.Measuring;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Native;
using LdmMl.Torch.Training;
using static TorchSharp.torch;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>
/// Training steps with the reading of their batches: an autoencoder of 32 channels on 16 images of 64x64, pixels and KL, in memory or in PNG files; and a
/// U-Net of 64 channels on 16 latents of 4x16x16, in memory or in a file.
/// </summary>
internal sealed class StreamedSteps : IWorkload
{
    private const int Images = 2048, Side = 64, StepsPerRun = 5;

    private readonly Stack<IDisposable> owned = new();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("streamed-steps-");
    private Action learn = () => { };

    private StreamedSteps() => TorchRuntime.KeepFreedMemory();

    /// <summary>Creates steps of an autoencoder.</summary>
    public static StreamedSteps Autoencoder(bool fromFiles)
    {
        var steps = new StreamedSteps();
        var options = new AutoencoderTrainingOptions { Steps = int.MaxValue, BatchSize = 16, LearningRate = 1e-4, HorizontalFlips = true };
        var files = new ImageFileSet(new MadeImages(Images, Side).Save(steps.folder.FullName), Side, Side);
        var model = steps.Own(FirstStage());
        model.Network.train();
        var learner = steps.Own(new AutoencoderLearner(model, options, int.MaxValue));
        var batches = steps.Own(new BatchReader(fromFiles ? files : files.Load(), model.Config.PixelRange, options));
        var step = 0;
        steps.learn = () => learner.Learn([batches.Next()], ++step);
        return steps;
    }

    /// <summary>Creates steps of a diffusion model.</summary>
    public static StreamedSteps Diffusion(bool fromFiles)
    {
        var steps = new StreamedSteps();
        var options = new DiffusionTrainingOptions { LatentFolder = fromFiles ? steps.folder.FullName : null };
        var autoencoder = steps.Own(FirstStage());
        var config = new LatentDiffusionConfig
        {
            UNet = new UNetConfig
            {
                InputChannels = 4, OutputChannels = 4, BaseChannels = 64, ChannelMultipliers = [1, 2, 4], ResidualBlocks = 2, AttentionFactors = [2, 4],
                HeadChannels = 32,
            },
            LatentHeight = Side / 4, LatentWidth = Side / 4,
        };
        var model = steps.Own(LatentDiffusionModel.Create(autoencoder, config, seed: 1));
        model.Denoiser.train();
        var latents = steps.Own(LatentCache.Encode(autoencoder, new MadeImages(Images, Side), mirrored: true, varies: true, options, CancellationToken.None));
        var learner = steps.Own(new DiffusionLearner(model, options, int.MaxValue));
        var batches = steps.Own(new LatentBatches(latents, new TrainingConditions(null, null), options, CPU));
        var step = 0;
        steps.learn = () => learner.Learn([batches.Next()], ++step);
        return steps;
    }

    public void Run()
    {
        for (var step = 0; step < StepsPerRun; step++)
        {
            using var scope = NewDisposeScope();
            learn();
        }
    }

    public void Dispose()
    {
        while (owned.TryPop(out var last))
            last.Dispose();
        folder.Delete(recursive: true);
    }

    private static AutoencoderModel FirstStage() => AutoencoderModel.Create(
        new KlAutoencoderConfig
        {
            BaseChannels = 32, ChannelMultipliers = [1, 2, 2], LatentChannels = 4, ResidualBlocks = 1, MiddleAttention = false, Resolution = Side,
        },
        seed: 1);

    private T Own<T>(T part)
        where T : IDisposable
    {
        owned.Push(part);
        return part;
    }
}
