using LdmMl.Benchmarks.Measuring;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Native;
using LdmMl.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>
/// A training step of a diffusion model: AdamW, clipping, moving average. Weights and latents are random, because the time does not depend on them.
/// </summary>
internal sealed class DiffusionTrainingStep : IWorkload
{
    private readonly AutoencoderModel autoencoder;
    private readonly LatentDiffusionModel model;
    private readonly DiffusionLearner learner;
    private readonly LatentBatch batch;
    private int step;

    private DiffusionTrainingStep(UNetConfig network, int rows, int side, ConvolutionMode convolutions)
    {
        TorchRuntime.KeepFreedMemory();
        autoencoder = AutoencoderModel.Create(
            new KlAutoencoderConfig { BaseChannels = 32, ChannelMultipliers = [1, 1, 1], LatentChannels = network.InputChannels, ResidualBlocks = 1 }, seed: 1);
        model = LatentDiffusionModel.Create(
            autoencoder, new LatentDiffusionConfig { UNet = network, LatentHeight = side, LatentWidth = side }, seed: 1);
        model.Denoiser.train();
        learner = new DiffusionLearner(model, new DiffusionTrainingOptions { Convolutions = convolutions }, int.MaxValue);
        using var generator = new Generator(2, CPU);
        batch = new LatentBatch(randn([rows, network.InputChannels, side, side], generator: generator), Labels: null);
    }

    /// <summary>A U-Net of 64 channels, 16 latents of 4x16x16.</summary>
    public static DiffusionTrainingStep Small(ConvolutionMode convolutions = ConvolutionMode.Auto) => new(UNetStep.Small, rows: 16, side: 16, convolutions);

    /// <summary>The U-Net of celebahq256 (224 channels), one latent of 3x64x64.</summary>
    public static DiffusionTrainingStep Faces(ConvolutionMode convolutions = ConvolutionMode.Auto) => new(UNetConfig.CelebaHq256, rows: 1, side: 64, convolutions);

    public void Run()
    {
        using var scope = NewDisposeScope();
        learner.Learn([batch], ++step);
    }

    public void Dispose()
    {
        learner.Dispose();
        model.Dispose();
        autoencoder.Dispose();
        batch.Latents.Dispose();
    }
}
