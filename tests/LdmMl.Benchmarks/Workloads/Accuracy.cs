using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Native;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>
/// Compares published networks in each mode of their 3x3 convolutions with the naive forward pass of the same weights in float64 (random weights, the
/// same in each mode). Decibels are the range of the output over the root mean square of the deviations.
/// </summary>
internal static class Accuracy
{
    private static readonly ConvolutionMode[] Modes = Enum.GetValues<ConvolutionMode>();

    public static void Print(TextWriter output)
    {
        TorchRuntime.KeepFreedMemory();
        using var inference = inference_mode();
        output.WriteLine($"| output compared with float64 | {string.Join(" | ", Modes)} |");
        output.WriteLine($"|---|{string.Concat(Modes.Select(_ => "---|"))}");
        PrintAutoencoder(output);
        PrintScores(pairs: 8, side: 256, output);
        PrintUNet("small U-Net, 16 x 16x16", UNetStep.Small, rows: 16, side: 16, output);
        PrintUNet("celebahq256 U-Net, 64x64", UNetConfig.CelebaHq256, rows: 1, side: 64, output);
    }

    private static void PrintAutoencoder(TextWriter output)
    {
        using var scope = NewDisposeScope();
        using var model = KlF8.Create();
        var (network, config) = ((KlAutoencoder)model.Network, KlAutoencoderConfig.KlF8);
        var exact = new NaiveKlAutoencoder(InFloat64(network), config.ChannelMultipliers.Count, config.ResidualBlocks);
        var (latents, images) = (KlF8.Latents(), KlF8.Images());
        PrintDecibels("kl-f8 decode, 256x256", exact.Decode(latents.to(ScalarType.Float64)), () => network.Decode(latents), output);
        PrintDecibels("kl-f8 encode, 256x256", exact.Encode(images.to(ScalarType.Float64)), () => network.EncodeMoments(images), output);
    }

    private static void PrintUNet(string title, UNetConfig config, int rows, int side, TextWriter output)
    {
        using var scope = NewDisposeScope();
        using var network = UNetStep.Create(config);

        // An early step: at a late one, most of the difference would be the last bits of the angles, which no convolution affects.
        var (states, times) = (KlF8.Noise(2, rows, config.InputChannels, side, side), full([rows], Real(1f)));
        var exact = new NaiveUNet(InFloat64(network), config).Predict(states.to(ScalarType.Float64), times);
        PrintDecibels(title, exact, () => network.Predict(states, times, UNetConditions.None), output);
    }

    private static void PrintScores(long pairs, long side, TextWriter output)
    {
        using var scope = NewDisposeScope();
        using var model = LpipsWeights.Open(PerceptualTrunkConfig.Vgg16);
        var exact = new NaiveLpips(InFloat64(model.Network));
        var (images, others) = LpipsWeights.Pairs(pairs, side);
        Tensor Exact(long pair) => exact.Distance(images.narrow(0, pair, 1).to(ScalarType.Float64), others.narrow(0, pair, 1).to(ScalarType.Float64));
        var scores = cat([.. Enumerable.Range(0, (int)pairs).Select(pair => Exact(pair))]);   // one by one, because float64 needs much memory
        var cells = Modes.Select(mode =>
        {
            using var handle = model.With(mode);
            return $"{((handle.Distance(images, others, PixelRange.MinusOneToOne) - scores) / scores).abs().max().item<double>():G2}";
        });
        output.WriteLine($"| LPIPS-VGG, {pairs} pairs of {side}x{side}, largest relative deviation of a score | {string.Join(" | ", cells)} |");
    }

    private static void PrintDecibels(string title, Tensor exact, Func<Tensor> run, TextWriter output)
    {
        var cells = Modes.Select(mode =>
        {
            using var convolutions = new ConvolutionScope(mode);
            return $"{Decibels(run(), exact):F1} dB";
        });
        output.WriteLine($"| {title} | {string.Join(" | ", cells)} |");
    }

    private static double Decibels(Tensor actual, Tensor exact)
    {
        using var scope = NewDisposeScope();
        var range = (exact.max() - exact.min()).item<double>();
        return 20 * Math.Log10(range / (actual.to(ScalarType.Float64) - exact).pow(Whole(2)).mean().sqrt().item<double>());
    }

    private static Dictionary<string, Tensor> InFloat64(nn.Module network) =>
        network.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.detach().to(ScalarType.Float64));
}
