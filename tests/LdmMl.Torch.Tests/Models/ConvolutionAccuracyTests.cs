using LdmMl.Benchmarks.Workloads;
using LdmMl.Torch.Kernels.Winograd;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Tests.Models.Perceptual;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Models;

/// <summary>
/// Whole networks in each mode of their convolutions, compared with the same weights in float64, in decibels: the range of the outputs over the root
/// mean square of the deviations.
/// </summary>
public sealed class ConvolutionAccuracyTests : IDisposable
{
    // Measured with AVX-512, in Auto, Exact and Direct: encoder 125.3, 136.2, 140.7; decoder 121.9, 136.3, 138.5; tiny encoder 143.9, 144.0, 147.1
    // and decoder 132.1, 140.8, 141.2; U-Net 134.0, 140.5, 142.6; LPIPS 132.6, 136.4, 144.7. F(2x2) is no better than Direct here, because on plain
    // images libtorch sums in short runs (a layer's relative error is 0.2e-6 at any width); F(2x2) sums over all input channels at once (0.25e-6 for
    // 64
    // channels, 0.7e-6 for 512), as libtorch does on channels-last images, where its errors are larger (0.4e-6, 1.0e-6).
    private const double LeastInAuto = 115, LeastInExact = 128;

    private readonly DisposeScope scope = NewDisposeScope();
    public void Dispose() => scope.Dispose();

    [Fact]
    public void Kl_autoencoder_keeps_its_accuracy_in_every_mode()
    {
        var config = new KlAutoencoderConfig { BaseChannels = 64, ChannelMultipliers = [1, 2, 2], LatentChannels = 4, ResidualBlocks = 1 };
        using var model = AutoencoderModel.Create(config, seed: 1);
        var network = (KlAutoencoder)model.Network;
        var naive = new NaiveKlAutoencoder(Weights(network), levels: 3, blocks: 1);

        Check("encoder", network.EncodeMoments, naive.Encode, Images(1));
        Check("decoder", network.Decode, naive.Decode, Draw(2, 1, 4, 16, 16));
    }

    [Fact]
    public void Tiny_autoencoder_keeps_its_accuracy_in_every_mode()
    {
        using var model = AutoencoderModel.Create(TinyAutoencoderConfig.Taesd, seed: 1);
        var network = (TinyAutoencoder)model.Network;
        var naive = new NaiveTinyAutoencoder(Weights(network));

        Check("encoder", network.Encode, naive.Encode, Images(1));
        Check("decoder", network.Decode, naive.Decode, Draw(2, 1, 4, 8, 8));
    }

    [Fact]
    public void UNet_keeps_its_accuracy_in_every_mode()
    {
        var config = new UNetConfig
        {
            InputChannels = 4, OutputChannels = 4, BaseChannels = 64, ChannelMultipliers = [1, 2], ResidualBlocks = 1, AttentionFactors = [2], HeadChannels = 32,
        };
        using var network = Build(config);
        var times = ones(1);                                     // at a late step the last bits of the angles would dominate the difference
        var naive = new NaiveUNet(Weights(network), config);

        Check("U-Net", x => network.Predict(x, times, UNetConditions.None), x => naive.Predict(x, times), Draw(2, 1, 4, 32, 32));
    }

    [Fact]
    public void Perceptual_distance_keeps_its_accuracy_in_every_mode()
    {
        using var files = new PerceptualFilesOfTests();
        using var model = files.Lpips(PerceptualTrunkConfig.Vgg16);
        var images = Images(2);
        var others = images.Plus(Real(0.2) * Draw(2, 2, 3, 64, 64)).clamp(Real(-1), Real(1));
        var naive = new NaiveLpips(Weights(model.Network));
        Tensor Distance(Tensor x)
        {
            using var handle = model.With(ConvolutionScope.Current);
            return handle.Distance(x, others, PixelRange.MinusOneToOne);
        }

        Check("LPIPS", Distance, x => naive.Distance(x, others.to(ScalarType.Float64)), images);
    }

    private static void Check(string part, Func<Tensor, Tensor> run, Func<Tensor, Tensor> naive, Tensor input)
    {
        using var noGradient = no_grad();
        var expected = naive(input.to(ScalarType.Float64));
        double In(ConvolutionMode mode)
        {
            using var convolutions = new ConvolutionScope(mode);
            return Decibels(run(input), expected);
        }

        var (auto, exact, direct) = (In(ConvolutionMode.Auto), In(ConvolutionMode.Exact), In(ConvolutionMode.Direct));
        var measured = $"{part}: {auto:F1} dB in Auto, {exact:F1} in Exact, {direct:F1} in Direct";
        Assert.True(auto >= LeastInAuto, measured);
        Assert.True(exact >= LeastInExact, measured);
        Assert.True(direct >= LeastInExact, measured);
        Assert.Equal(WinogradConvolution.IsSupported, auto != direct);
    }

    private static double Decibels(Tensor actual, Tensor expected)
    {
        // The range of distances starts at 0, but no pair here is close to it.
        var range = expected.dim() == 1 ? expected.max().item<double>() : (expected.max() - expected.min()).item<double>();
        return 20 * Math.Log10(range / (actual.to(ScalarType.Float64) - expected).pow(Whole(2)).mean().sqrt().item<double>());
    }

    private static Dictionary<string, Tensor> Weights(nn.Module network) =>
        network.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.detach().to(ScalarType.Float64));

    // Weights initialised to 0 would turn every block into a shortcut.
    private static UNet Build(UNetConfig config)
    {
        var network = UNetFactory.Build(config);
        UNetFactory.Initialize(network, seed: 1);
        using var noGradient = no_grad();
        foreach (var (_, weight) in network.named_parameters().Where(named => named.parameter.count_nonzero().item<long>() == 0))
            weight.add_(Draw(3, weight.shape) / Real(Math.Sqrt(Math.Max(1, weight.numel() / weight.shape[0]))), Whole(1));
        return network;
    }

    private static Tensor Images(int count) => Draw(1, count, 3, 64, 64).tanh();

    private static Tensor Draw(ulong seed, params long[] shape)
    {
        using var generator = new Generator(seed, CPU);
        return randn(shape, generator: generator);
    }
}
