using LdmMl.Benchmarks.Measuring;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Native;
using LdmMl.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>
/// A training step of a diffusion model: a U-Net of 64 channels, 16 latents of 4x16x16, AdamW, clipping, moving average. Weights and latents are
/// random, because the time does not depend on them.
/// </summary>
internal sealed class DiffusionTrainingStep : IWorkload
{
    private const int Batch = 16, Side = 16, Channels = 4;
    private readonly AutoencoderModel autoencoder;
    private readonly LatentDiffusionModel model;
    private readonly DiffusionLearner learner;
    private readonly LatentBatch batch;
    private int step;

    public DiffusionTrainingStep()
    {
        TorchRuntime.KeepFreedMemory();
        autoencoder = AutoencoderModel.Create(
            new KlAutoencoderConfig { BaseChannels = 32, ChannelMultipliers = [1, 1, 1], LatentChannels = Channels, ResidualBlocks = 1 }, seed: 1);
        var config = new LatentDiffusionConfig
        {
            UNet = new UNetConfig
            {
                InputChannels = Channels, OutputChannels = Channels, BaseChannels = 64, ChannelMultipliers = [1, 2, 4], ResidualBlocks = 2,
                AttentionFactors = [2, 4], HeadChannels = 32,
            },
            LatentHeight = Side, LatentWidth = Side,
        };
        model = LatentDiffusionModel.Create(autoencoder, config, seed: 1);
        model.Denoiser.train();
        learner = new DiffusionLearner(model, new DiffusionTrainingOptions(), int.MaxValue);
        using var generator = new Generator(2, CPU);
        batch = new LatentBatch(randn([Batch, Channels, Side, Side], generator: generator), Labels: null);
    }

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
