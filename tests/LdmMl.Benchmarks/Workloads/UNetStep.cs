using LdmMl.Benchmarks.Measuring;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>One step of a U-Net (random weights: the time does not depend on them).</summary>
internal static class UNetStep
{
    private const int Seed = 1;

    /// <summary>Gets a small network for 16x16x4 latents.</summary>
    public static UNetConfig Small { get; } = new()
    {
        InputChannels = 4,
        OutputChannels = 4,
        BaseChannels = 64,
        ChannelMultipliers = [1, 2, 4],
        AttentionFactors = [2, 4],
        HeadChannels = 32,
    };

    public static IWorkload SmallLibrary(ModelPrecision precision) => new Library(Small, rows: 16, side: 16, precision);

    public static IWorkload SmallNaive() => new Naive(Small, rows: 16, side: 16);

    public static IWorkload SmallGuided() => new Guided(Small with { LabelCount = 10 }, rows: 16, side: 16, branches: 2);

    public static IWorkload SmallLabelled() => new Guided(Small with { LabelCount = 10 }, rows: 16, side: 16, branches: 1);

    public static IWorkload FacesLibrary(ModelPrecision precision) => new Library(UNetConfig.CelebaHq256, rows: 1, side: 64, precision);

    public static IWorkload FacesNaive() => new Naive(UNetConfig.CelebaHq256, rows: 1, side: 64);

    /// <summary>Creates a network in which every weight has an effect.</summary>
    public static UNet Create(UNetConfig config)
    {
        var network = UNetFactory.Build(config);
        UNetFactory.Initialize(network, Seed);
        using var noGradient = no_grad();
        using var generator = new Generator(Seed, CPU);

        // Weights that start as 0 would turn every block into a shortcut, and hide the error of bf16.
        foreach (var (_, weight) in network.named_parameters())
        {
            if (weight.count_nonzero().item<long>() == 0)
                weight.normal_(0, 1 / Math.Sqrt(Math.Max(1, weight.numel() / weight.shape[0])), generator);
        }

        return network;
    }

    /// <summary>The library's network, called as the library calls it.</summary>
    private sealed class Library : IWorkload
    {
        private readonly UNet exact, network;
        private readonly Tensor states, times;
        private readonly ModelPrecision precision;

        public Library(UNetConfig config, int rows, int side, ModelPrecision precision)
        {
            TorchRuntime.KeepFreedMemory();
            exact = Create(config);
            network = precision == ModelPrecision.Float32 ? exact : UNetFactory.Convert(exact, CPU, precision);
            states = KlF8.Noise(2, rows, config.InputChannels, side, side);
            times = full([rows], Real(501f));
            this.precision = precision;
        }

        public string? Remark => precision == ModelPrecision.Float32 ? null : $"{PsnrToFloat32():F1} dB compared with float32";

        public void Run() => Predict(network).Dispose();

        public void Dispose()
        {
            network.Dispose();
            exact.Dispose();
            states.Dispose();
            times.Dispose();
        }

        private Tensor Predict(UNet chosen)
        {
            using var inference = inference_mode();
            using var convolutions = new ConvolutionScope(ConvolutionMode.Auto);
            return chosen.Predict(states, times, UNetConditions.None);
        }

        // Over the range of the float32 output.
        private double PsnrToFloat32()
        {
            using var scope = NewDisposeScope();
            var reference = Predict(exact);
            var range = (reference.max() - reference.min()).item<float>();
            var error = (Predict(network) - reference).pow(Whole(2)).mean().item<float>();
            return 10 * Math.Log10(range * range / error);
        }
    }

    /// <summary>The same weights in the naive forward pass, with the system's default allocator settings.</summary>
    private sealed class Naive : IWorkload
    {
        private readonly UNet network;
        private readonly NaiveUNet naive;
        private readonly Tensor states, times;

        public Naive(UNetConfig config, int rows, int side)
        {
            network = Create(config);
            naive = new NaiveUNet(network.state_dict(), config);
            states = KlF8.Noise(2, rows, config.InputChannels, side, side);
            times = full([rows], Real(501f));
        }

        public string Remark => $"differs from the library by {Difference():G2}";

        public void Run()
        {
            using var _ = inference_mode();
            naive.Predict(states, times).Dispose();
        }

        public void Dispose()
        {
            network.Dispose();
            states.Dispose();
            times.Dispose();
        }

        // The peer must compute the same, or its time says nothing.
        private double Difference()
        {
            using var scope = NewDisposeScope();
            using var _ = inference_mode();
            return (network.Predict(states, times, UNetConditions.None) - naive.Predict(states, times)).abs().max().item<float>();
        }
    }

    /// <summary>The network with labels, with and without guidance.</summary>
    private sealed class Guided : IWorkload
    {
        private readonly UNet network;
        private readonly Tensor states, times, labels, none;
        private readonly Func<Tensor, Tensor, Tensor> predict;

        public Guided(UNetConfig config, int rows, int side, int branches)
        {
            TorchRuntime.KeepFreedMemory();
            network = Create(config);
            (states, times) = (KlF8.Noise(2, rows, config.InputChannels, side, side), full([rows], Real(501f)));
            (labels, none) = (arange(Whole(rows), dtype: ScalarType.Int64) % Whole(9), full([rows], Whole(9), dtype: ScalarType.Int64));
            Tensor Predict(Tensor x, Tensor t, Tensor y) => network.Predict(x, t, new UNetConditions(Labels: y));
            predict = branches == 1 ? (x, t) => Predict(x, t, labels) : Guidance.Combine(Predict, none, labels, scale: 3);
        }

        public void Run()
        {
            using var inference = inference_mode();
            using var convolutions = new ConvolutionScope(ConvolutionMode.Auto);
            predict(states, times).Dispose();
        }

        public void Dispose()
        {
            network.Dispose();
            foreach (var tensor in new[] { states, times, labels, none })
                tensor.Dispose();
        }
    }
}
