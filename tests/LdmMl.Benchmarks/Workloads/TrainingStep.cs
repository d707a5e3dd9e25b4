using LdmMl.Benchmarks.Measuring;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Native;
using LdmMl.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>
/// A training step of an autoencoder: 32 channels, 16 images of 64x64, both optimisers. The whole objective includes LPIPS (VGG-16) and the published
/// discriminator (64 channels, 3 layers). Weights are random, because the time does not depend on them.
/// </summary>
internal sealed class TrainingStep : IWorkload
{
    private const int Batch = 16, Side = 64;
    private readonly AutoencoderModel model;
    private readonly PerceptualModel? perceptual;
    private readonly AutoencoderLearner learner;
    private readonly Tensor images;
    private int step;

    public TrainingStep(bool whole)
    {
        TorchRuntime.KeepFreedMemory();
        model = AutoencoderModel.Create(
            new KlAutoencoderConfig
            {
                BaseChannels = 32, ChannelMultipliers = [1, 2, 2], LatentChannels = 4, ResidualBlocks = 1, MiddleAttention = false, Resolution = Side,
            },
            seed: 1);
        perceptual = whole ? LpipsWeights.Open(PerceptualTrunkConfig.Vgg16) : null;
        var options = new AutoencoderTrainingOptions
        {
            Steps = int.MaxValue, BatchSize = Batch, LearningRate = 1e-4, PerceptualModel = perceptual,
            Adversarial = whole ? new AdversarialTrainingOptions { StartStep = 0, Channels = 64, Layers = 3 } : null,
        };
        model.Network.train();
        learner = new AutoencoderLearner(model, options, int.MaxValue);
        using var generator = new Generator(2, CPU);
        images = (rand([Batch, 3, Side, Side], generator: generator) * Real(2)) - Real(1);
    }

    public void Run()
    {
        using var scope = NewDisposeScope();
        learner.Learn([images], ++step);
    }

    public void Dispose()
    {
        learner.Dispose();
        perceptual?.Dispose();
        model.Dispose();
        images.Dispose();
    }
}
