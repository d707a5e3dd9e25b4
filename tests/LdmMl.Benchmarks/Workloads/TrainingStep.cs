using LdmMl.Benchmarks.Measuring;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Native;
using LdmMl.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>
/// A training step of an autoencoder, both optimisers. The whole objective includes LPIPS (VGG-16) and the published discriminator (64 channels, 3
/// layers). Weights are random, because the time does not depend on them.
/// </summary>
internal sealed class TrainingStep : IWorkload
{
    private readonly AutoencoderModel model;
    private readonly PerceptualModel? perceptual;
    private readonly AutoencoderLearner learner;
    private readonly Tensor images;
    private int step;

    private TrainingStep(KlAutoencoderConfig network, int batch, bool whole, ConvolutionMode convolutions)
    {
        TorchRuntime.KeepFreedMemory();
        model = AutoencoderModel.Create(network, seed: 1);
        perceptual = whole ? LpipsWeights.Open(PerceptualTrunkConfig.Vgg16) : null;
        var options = new AutoencoderTrainingOptions
        {
            Steps = int.MaxValue, BatchSize = batch, LearningRate = 1e-4, PerceptualModel = perceptual, Convolutions = convolutions,
            Adversarial = whole ? new AdversarialTrainingOptions { StartStep = 0, Channels = 64, Layers = 3 } : null,
        };
        model.Network.train();
        learner = new AutoencoderLearner(model, options, int.MaxValue);
        using var generator = new Generator(2, CPU);
        images = (rand([batch, 3, network.Resolution, network.Resolution], generator: generator) * Real(2)) - Real(1);
    }

    /// <summary>32 channels, 16 images of 64x64.</summary>
    public static TrainingStep Small(bool whole, ConvolutionMode convolutions = ConvolutionMode.Auto) => new(
        new KlAutoencoderConfig
        {
            BaseChannels = 32, ChannelMultipliers = [1, 2, 2], LatentChannels = 4, ResidualBlocks = 1, MiddleAttention = false, Resolution = 64,
        },
        batch: 16, whole, convolutions);

    /// <summary>The published kl-f8 (128 channels), two crops of 256x256, pixels and KL.</summary>
    public static TrainingStep Large(ConvolutionMode convolutions) => new(KlAutoencoderConfig.KlF8 with { Resolution = 256 }, batch: 2, whole: false, convolutions);

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
