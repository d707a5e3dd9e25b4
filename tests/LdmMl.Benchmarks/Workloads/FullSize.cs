using LdmMl.Benchmarks.Measuring;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>The networks of Stable Diffusion 1.5 in their full size (random weights: time does not depend on them).</summary>
internal static class FullSize
{
    /// <summary>Gets what the comparison with PyTorch lacks; null if nothing.</summary>
    public static string? Missing => Environment.GetEnvironmentVariable("LDMML_PYTHON") is { Length: > 0 } ? null
        : "The comparison with PyTorch needs a Python that has torch and diffusers: name it in LDMML_PYTHON (Peers/stable_diffusion.py).";

    private const int Side = 64, Tokens = 77, Width = 768, Seed = 1;

    private static readonly UNetConfig Config = new()
    {
        InputChannels = 4,
        OutputChannels = 4,
        BaseChannels = 320,
        ChannelMultipliers = [1, 2, 4, 4],
        AttentionFactors = [1, 2, 4],
        Heads = 8,
        ContextDimension = Width,
    };

    public static IWorkload Step(ConvolutionMode mode) => new GuidedStep(mode);

    public static IWorkload OnnxStep() => OnnxPeer.Step(Config, rows: 2, Side, Tokens);

    public static IWorkload Decode(ConvolutionMode mode) => new LargeDecode(mode);

    /// <summary>A step with guidance, both branches in one call of the network.</summary>
    internal sealed class GuidedStep : IWorkload
    {
        private readonly Tensor states = KlF8.Noise(2, 1, 4, Side, Side), times = full([1], Real(501f));
        private readonly Tensor nothing = KlF8.Noise(4, 1, Tokens, Width), wanted = KlF8.Noise(5, 1, Tokens, Width);
        private readonly Func<Tensor, Tensor, Tensor> predict;
        private readonly ConvolutionMode mode;

        public GuidedStep(ConvolutionMode mode)
        {
            TorchRuntime.KeepFreedMemory();
            this.mode = mode;
            Network = UNetStep.Create(Config);
            predict = Guidance.Combine((x, t, context) => Network.Predict(x, t, new UNetConditions(context)), nothing, wanted, scale: 7.5);
        }

        public UNet Network { get; }

        public void Run()
        {
            using var inference = inference_mode();
            using var convolutions = new ConvolutionScope(mode);
            predict(states, times).Dispose();
        }

        public void Dispose()
        {
            Network.Dispose();
            foreach (var tensor in new[] { states, times, nothing, wanted })
                tensor.Dispose();
        }
    }

    /// <summary>The decode of a latent to 512x512 pixels.</summary>
    private sealed class LargeDecode : IWorkload
    {
        private readonly AutoencoderModel model;
        private readonly Tensor latents = KlF8.Noise(3, 1, 4, Side, Side);

        public LargeDecode(ConvolutionMode mode)
        {
            TorchRuntime.KeepFreedMemory();
            using var created = AutoencoderModel.Create(KlAutoencoderConfig.KlF8, Seed);
            model = created.With(mode);
        }

        public void Run() => model.Decode(latents).Dispose();

        public void Dispose()
        {
            model.Dispose();
            latents.Dispose();
        }
    }
}
