using LdmMl.Benchmarks.Measuring;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Native;
using static TorchSharp.torch;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>
/// Generates 16 latents of 16x16x4 from their seeds in 50 steps of DDIM with a U-Net of 64 base channels: by the model, or only the network's 50
/// calls, so that the ratio shows the cost of seeds, sampler, conditions and checks.
/// </summary>
internal sealed class DiffusionRun : IWorkload
{
    private const int Rows = 16, Channels = 4, Side = 16, Steps = 50;

    private readonly bool wholeModel;
    private readonly LatentDiffusionModel model;
    private readonly Tensor states, times;

    public DiffusionRun(bool wholeModel)
    {
        TorchRuntime.KeepFreedMemory();
        this.wholeModel = wholeModel;
        using var first = AutoencoderModel.Create(KlAutoencoderConfig.KlF8, seed: 1);
        model = LatentDiffusionModel.Create(first, Config, seed: 1);
        states = randn(Rows, Channels, Side, Side);
        times = full([Rows], Real(500f));
    }

    private static LatentDiffusionConfig Config { get; } = new()
    {
        UNet = UNetStep.Small,
        LatentHeight = Side,
        LatentWidth = Side,
        Sampling = new SamplingSettings { Steps = Steps },
    };

    public void Run()
    {
        if (wholeModel)
            model.GenerateLatents(new GenerationBatch { Seeds = [.. Enumerable.Range(0, Rows)] }).Dispose();
        else
            CallNetwork();
    }

    public void Dispose()
    {
        model.Dispose();
        states.Dispose();
        times.Dispose();
    }

    private void CallNetwork()
    {
        using var inference = inference_mode();
        using var convolutions = new ConvolutionScope(model.Convolutions);
        for (var step = 0; step < Steps; step++)
            model.Network.Predict(states, times, UNetConditions.None).Dispose();
    }
}
