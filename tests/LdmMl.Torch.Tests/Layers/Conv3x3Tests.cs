using LdmMl.Torch.Kernels.Winograd;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Tests.Kernels;
using LdmMl.Torch.Tests.Models.Autoencoders;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Layers;

/// <summary>Fast convolutions: when they are used, their results, and their transformed weights.</summary>
[Collection(WholeProcess.Name)]
public class Conv3x3Tests
{
    private const int Width = 64;
    [Theory]
    [InlineData(ConvolutionMode.Auto, 1e-5)]      // the documented bound of F(4x4, 3x3); measured 1.7e-6
    [InlineData(ConvolutionMode.Exact, 1e-6)]     // measured 3e-7
    [InlineData(ConvolutionMode.Direct, 1e-6)]
    public void Every_mode_computes_the_convolution_and_its_fused_operations(ConvolutionMode mode, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var layer = Layer();
        using var convolutions = new ConvolutionScope(mode);
        var (images, addend) = (Images(), Drawn.Normal(3, 2, Width, 18, 15));
        var expected = Exact(layer, images);

        Assert.InRange(Drawn.RelativeError(layer.call(images), expected), 0, tolerance);
        Assert.InRange(Drawn.RelativeError(layer.ConvolveWith(images.clone(), addend, rectifies: true), expected.Plus(addend).relu()), 0, tolerance);
        var doubled = Exact(layer, nn.functional.interpolate(images, scale_factor: [2.0, 2.0], mode: InterpolationMode.Nearest));
        Assert.InRange(Drawn.RelativeError(layer.ConvolveDoubled(images), doubled), 0, tolerance);
    }

    [Fact]
    public void Weights_are_transformed_at_the_first_fast_call_and_once()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var before = HeldPages.Count();
        var layer = Layer();
        var images = Images();
        layer.call(images);
        Assert.Equal(before, HeldPages.Count());

        using (new ConvolutionScope(ConvolutionMode.Auto))
        {
            layer.call(images);
            Assert.Equal(before + Bytes(WinogradTile.F4), HeldPages.Count());
            layer.call(images);
            Assert.Equal(before + Bytes(WinogradTile.F4), HeldPages.Count());
        }

        using (new ConvolutionScope(ConvolutionMode.Exact))
            layer.call(images);
        Assert.Equal(before + Bytes(WinogradTile.F4) + Bytes(WinogradTile.F2), HeldPages.Count());
        layer.Dispose();
        Assert.Equal(before, HeldPages.Count());
    }

    [Fact]
    public void Weights_are_transformed_once_even_if_several_threads_call_first()
    {
        using var scope = NewDisposeScope();
        var before = HeldPages.Count();
        using var layer = Layer();
        var images = Images();
        var threads = Enumerable.Range(0, 6).Select(_ => new Thread(() =>
        {
            using var inner = NewDisposeScope();
            using var noGradient = no_grad();
            using var convolutions = new ConvolutionScope(ConvolutionMode.Auto);
            layer.call(images);
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.Equal(before + Bytes(WinogradTile.F4), HeldPages.Count());
    }

    [Fact]
    public void Handles_share_transformed_weights_and_the_last_frees_them()
    {
        using var scope = NewDisposeScope();
        var before = HeldPages.Count();
        var model = AutoencoderModel.Create(SmallModels.Kl with { BaseChannels = Width, ChannelMultipliers = [1, 1], NormGroups = 32 }, seed: 1);
        var (images, latents) = (SmallModels.Images(1, 64, 64), zeros(1, 4, 32, 32));
        Assert.Equal(before, HeldPages.Count());

        var shared = model.Share();
        model.Encode(images);
        model.Decode(latents);
        var held = HeldPages.Count() - before;
        Assert.InRange(held, WinogradConvolution.IsSupported ? 1 : 0, model.TransformedWeightBytes(ConvolutionMode.Auto));
        shared.Encode(images);
        shared.Decode(latents);
        Assert.Equal(before + held, HeldPages.Count());

        model.Dispose();
        Assert.Equal(before + held, HeldPages.Count());
        shared.Dispose();
        Assert.Equal(before, HeldPages.Count());
    }

    [Fact]
    public void Trainable_weights_plain_images_and_other_number_formats_use_libtorch()
    {
        using var scope = NewDisposeScope();
        using var layer = Layer();
        using var fast = new Conv3x3(() => layer.Weight, () => layer.Bias);
        var images = Images();
        Assert.Null(Try(ConvolutionMode.Auto, images));

        using var noGradient = no_grad();
        Assert.Null(fast.TryConvolve(images));
        Assert.Null(Try(ConvolutionMode.Direct, images));
        Assert.Null(Try(ConvolutionMode.Auto, images.contiguous()));
        Assert.Null(Try(ConvolutionMode.Auto, images.to(ScalarType.BFloat16)));
        Assert.Equal(WinogradConvolution.IsSupported, Try(ConvolutionMode.Auto, images) is not null);

        Tensor? Try(ConvolutionMode mode, Tensor input)
        {
            using var convolutions = new ConvolutionScope(mode);
            return fast.TryConvolve(input);
        }
    }

    [Fact]
    public void Calls_leak_no_tensor()
    {
        using var outer = NewDisposeScope();
        using var noGradient = no_grad();
        using var layer = Layer();
        using var convolutions = new ConvolutionScope(ConvolutionMode.Auto);
        var (images, addend) = (Images(), Drawn.Normal(3, 2, Width, 18, 15));
        void Call()
        {
            layer.call(images).Dispose();
            layer.ConvolveDoubled(images).Dispose();
            layer.ConvolveWith(images.alias(), addend, rectifies: true).Dispose();
        }

        Call();
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        for (var i = 0; i < 20; i++)
            Call();

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    /// <remarks>In a shorter format the kernels would write beyond the end of their results.</remarks>
    [Theory]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.BFloat16)]
    public void The_default_dtype_of_the_process_does_not_matter(ScalarType format)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var layer = new ImageConvolution(Width, Width, kernel: 3, padding: 1, bias: false);
        using var convolutions = new ConvolutionScope(ConvolutionMode.Auto);
        using var norm = GroupNormalization.Create(32, Width, 1e-6, device: null);
        var images = Images();
        Tensor[] Results() =>
            [layer.call(images), FusedNormalization.RunLarge(norm, images, withSilu: true), LayerDistance.Measure(images, images * images, null).Map];
        var expected = Results();
        set_default_dtype(format);
        try
        {
            Assert.All(Results().Zip(expected), pair => Assert.True(Drawn.Same(pair.First, pair.Second)));
        }
        finally
        {
            set_default_dtype(ScalarType.Float32);
        }
    }

    [Fact]
    public void A_scope_applies_to_its_thread_and_ends_where_it_was_opened()
    {
        using (new ConvolutionScope(ConvolutionMode.Auto))
        {
            using (new ConvolutionScope(ConvolutionMode.Exact))
                Assert.Equal(ConvolutionMode.Exact, ConvolutionScope.Current);
            Assert.Equal(ConvolutionMode.Auto, ConvolutionScope.Current);
            var other = ConvolutionMode.Auto;
            var thread = new Thread(() => other = ConvolutionScope.Current);
            thread.Start();
            thread.Join();
            Assert.Equal(ConvolutionMode.Direct, other);
        }

        Assert.Equal(ConvolutionMode.Direct, ConvolutionScope.Current);
    }

    private static long Bytes(WinogradTile tile) => WinogradConvolution.IsSupported ? WinogradConvolution.KeptBytes(tile, Width, Width) : 0;

    private static ImageConvolution Layer()
    {
        var layer = new ImageConvolution(Width, Width, kernel: 3, padding: 1);
        using var noGradient = no_grad();
        using var generator = new Generator(1, CPU);
        layer.Initialize(generator);
        return layer;
    }

    private static Tensor Images() => nn.functional.silu(Drawn.Normal(2, 2, Width, 18, 15)).ToChannelsLast();

    private static Tensor Exact(ImageConvolution layer, Tensor images) => nn.functional.conv2d(
        images.to(ScalarType.Float64), layer.Weight.to(ScalarType.Float64), layer.Bias!.to(ScalarType.Float64), padding: [1, 1]);
}
