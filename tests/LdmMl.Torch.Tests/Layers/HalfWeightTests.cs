using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Sharing;
using LdmMl.Torch.Models.Text.Networks;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Tests.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Layers;

/// <summary>Weights that stay float16 in layers that compute in float32.</summary>
public class HalfWeightTests
{
    public static TheoryData<ConvolutionMode, int, int> Kernels()
    {
        var cases = new TheoryData<ConvolutionMode, int, int>();
        foreach (var mode in Enum.GetValues<ConvolutionMode>())
        {
            cases.Add(mode, 3, 1);
            cases.Add(mode, 3, 2);
            cases.Add(mode, 1, 1);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void A_convolution_computes_the_same_bits(ConvolutionMode mode, int kernel, int stride)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var layer = new ImageConvolution(32, 64, kernel, stride, padding: kernel / 2);
        var images = Drawn.Normal(2, 2, 32, 12, 10).ToChannelsLast();

        AssertSameBits(layer, layer.Weight, mode, () => layer.call(images));
        Assert.Equal(ScalarType.Float32, layer.Format);
    }

    [Theory]
    [InlineData(ConvolutionMode.Auto)]
    [InlineData(ConvolutionMode.Direct)]
    public void A_convolution_of_a_doubled_image_computes_the_same_bits(ConvolutionMode mode)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var layer = new ImageConvolution(32, 64, kernel: 3, padding: 1);
        var images = Drawn.Normal(2, 2, 32, 9, 7);

        AssertSameBits(layer, layer.Weight, mode, () => layer.ConvolveDoubled(images.ToChannelsLast()));
        AssertSameBits(layer, layer.Weight, mode, () => layer.ConvolveDoubled(images));
    }

    [Theory]
    [InlineData(ConvolutionMode.Auto, 1)]
    [InlineData(ConvolutionMode.Auto, 7)]
    [InlineData(ConvolutionMode.Auto, 150)]
    [InlineData(ConvolutionMode.Direct, 150)]
    public void A_linear_layer_computes_the_same_bits(ConvolutionMode mode, int tokens)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var layer = new LinearProjection(200, 304);
        var (input, rows) = (Drawn.Normal(2, 2, tokens, 200), Drawn.Normal(3, 5, 200));

        AssertSameBits(layer, layer.Weight, mode, () => layer.call(input));
        AssertSameBits(layer, layer.Weight, mode, () => layer.MultiplyGated(input));
        AssertSameBits(layer, layer.Weight, mode, () => layer.call(rows));
    }

    [Fact]
    public void An_embedding_has_the_same_rows_in_float32()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var table = new EmbeddingTable(20, 8, device: null);

        AssertSameBits(table, table.Rows, ConvolutionMode.Auto, () => table.call(tensor(new long[,] { { 3, 19 }, { 0, 3 } })));
    }

    [Fact]
    public void Gradients_reach_the_input()
    {
        using var scope = NewDisposeScope();
        using var layer = new LinearProjection(16, 8);
        layer.SetWeight(layer.Weight.detach().to(ScalarType.Float16));
        var input = Drawn.Normal(2, 3, 16).requires_grad_();
        layer.call(input).sum().backward();

        Assert.True(input.grad!.allclose(layer.Weight.to(ScalarType.Float32).sum([0L]).expand(3, 16)));
        Assert.False(layer.Weight.requires_grad);
    }

    [Fact]
    public void Training_converts_them_to_float32_first()
    {
        using var scope = NewDisposeScope();
        var layers = nn.Sequential(("first", new LinearProjection(16, 8)), ("second", new ImageConvolution(8, 8, kernel: 1)));
        var network = new SharedNetwork(layers, CPU, ModelPrecision.Float32);
        var half = Drawn.Normal(1, 8, 16).to(ScalarType.Float16);
        ((LinearProjection)layers[0]).SetWeight(half);
        network.BeginLearning();

        Assert.All(layers.parameters(), parameter => Assert.True(parameter.dtype == ScalarType.Float32 && parameter.requires_grad));
        Assert.True(Drawn.Same(((LinearProjection)layers[0]).Weight, half.to(ScalarType.Float32)));
        network.Release();
    }

    [Fact]
    public void Replacing_a_weight_leaks_nothing_and_keeps_its_key()
    {
        using var layer = new LinearProjection(16, 8);
        using var half = zeros(8, 16, dtype: ScalarType.Float16);
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        for (var i = 0; i < 5; i++)
            layer.SetWeight(half);

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        Assert.Equal(["bias", "weight"], layer.state_dict().Keys.Order());
        Assert.Equal(ScalarType.Float16, layer.state_dict()["weight"].dtype);
    }

    // In float16, and in float32 with the same numbers.
    private static void AssertSameBits(IHalfWeight layer, Tensor weight, ConvolutionMode mode, Func<Tensor> call)
    {
        using var convolutions = new ConvolutionScope(mode);
        using var generator = new Generator(1, CPU);
        var half = (randn(weight.shape, generator: generator) * Real(1e-2)).to(ScalarType.Float16);
        layer.SetWeight(half);
        var narrow = call();
        layer.SetWeight(half.to(ScalarType.Float32));

        Assert.Equal(ScalarType.Float32, narrow.dtype);
        Assert.True(Drawn.Same(narrow, call()));
    }
}
