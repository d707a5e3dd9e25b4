using LdmMl.Torch.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Layers;

public class FusedNormalizationTests
{
    private const double Epsilon = 1e-5;

    // Rounding of float32 sums; one step of bf16 at 8 is 2^-5 and rounding is half of that.
    private const double Exact = 2e-5, Rounded = 1.0 / 64;

    public static TheoryData<int, int, int, int, bool> Cases() => new()
    {
        { 8, 4, 1, 1, true }, { 8, 4, 1, 3, true }, { 32, 32, 3, 5, true }, { 32, 8, 4, 4, false }, { 64, 32, 7, 9, true }, { 24, 3, 16, 17, true },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_kernel_equals_libtorchs_operations_in_double_precision(int channels, int groups, int height, int width, bool withSilu)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        using var norm = Norm(channels, groups);
        var (images, shift, scale, offset) = Inputs(channels, height, width);

        var plain = FusedNormalization.Run(norm, images, ScalarType.Float32, withSilu);
        var shifted = FusedNormalization.Run(norm, images, ScalarType.Float32, withSilu, shift);
        var scaled = FusedNormalization.Run(norm, images, ScalarType.Float32, withSilu, scale: scale, offset: offset);

        Assert.InRange(Largest(plain - Expected(norm, images, withSilu)), 0, Exact);
        Assert.InRange(Largest(shifted - Expected(norm, images.Plus(Map(shift)), withSilu)), 0, Exact);
        var expected = (Expected(norm, images, false) * (Map(scale) + Real(1))).Plus(Map(offset));
        Assert.InRange(Largest(scaled - (withSilu ? nn.functional.silu(expected) : expected)), 0, Exact);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_pair_of_number_formats_is_rounded_once(int channels, int groups, int height, int width, bool withSilu)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        using var norm = Norm(channels, groups);
        var exact = Inputs(channels, height, width).Images;
        var rounded = exact.to(ScalarType.BFloat16);

        foreach (var images in new[] { exact, rounded })
        {
            var expected = FusedNormalization.Run(norm, images.to(ScalarType.Float32), ScalarType.Float32, withSilu);
            Assert.Equal(0, Largest(FusedNormalization.Run(norm, images, ScalarType.Float32, withSilu) - expected));
            var narrow = FusedNormalization.Run(norm, images, ScalarType.BFloat16, withSilu);
            Assert.Equal(ScalarType.BFloat16, narrow.dtype);
            Assert.Equal(0, Largest(narrow.to(ScalarType.Float32) - expected.to(ScalarType.BFloat16).to(ScalarType.Float32)));
            Assert.InRange(Largest(narrow.to(ScalarType.Float32) - expected), 0, Rounded);
        }
    }

    [Fact]
    public void Non_finite_values_stay_non_finite_and_in_their_group()
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        using var norm = Norm(8, 4);
        var images = Inputs(8, 3, 3).Images;
        images[0, 0, 1, 1] = float.NaN;

        foreach (var format in new[] { ScalarType.Float32, ScalarType.BFloat16 })
        {
            var isNan = FusedNormalization.Run(norm, images, format, withSilu: true).isnan();
            Assert.True(isNan[0].narrow(0, 0, 2).all().item<bool>());
            Assert.Equal(2 * 9, isNan.sum().item<long>());
        }
    }

    [Fact]
    public void Training_uses_libtorch_with_equal_results()
    {
        using var scope = NewDisposeScope();
        using var norm = Norm(32, 8);
        var (images, shift, scale, offset) = Inputs(32, 5, 6);

        var trained = FusedNormalization.Run(norm, images, ScalarType.Float32, withSilu: true, shift, scale, offset);
        using var inference = inference_mode();
        var used = FusedNormalization.Run(norm, images, ScalarType.Float32, withSilu: true, shift, scale, offset);

        Assert.True(trained.requires_grad);
        Assert.InRange(Largest(trained.detach() - used), 0, Exact);
    }

    private static TorchSharp.Modules.GroupNorm Norm(int channels, int groups)
    {
        var norm = GroupNormalization.Create(groups, channels, Epsilon, CPU);
        using var noGradient = no_grad();
        using var generator = new Generator(1, CPU);
        norm.weight!.normal_(1, 0.3, generator);
        norm.bias!.normal_(0, 0.3, generator);
        return norm;
    }

    private static (Tensor Images, Tensor Shift, Tensor Scale, Tensor Offset) Inputs(int channels, int height, int width)
    {
        using var generator = new Generator(2, CPU);
        Tensor Draw(params long[] shape) => randn(shape, generator: generator);
        return ((Draw(2, channels, height, width) * Real(2)) + Real(3), Draw(2, channels), Draw(2, channels), Draw(2, channels));
    }

    private static Tensor Expected(TorchSharp.Modules.GroupNorm norm, Tensor images, bool withSilu)
    {
        var exact = nn.functional.group_norm(
            images.to(ScalarType.Float64), norm.num_groups, norm.weight!.to(ScalarType.Float64), norm.bias!.to(ScalarType.Float64), Epsilon);
        return withSilu ? nn.functional.silu(exact) : exact;
    }

    private static Tensor Map(Tensor perChannel) => perChannel.unsqueeze(2).unsqueeze(3);

    private static double Largest(Tensor difference) => difference.abs().max().to(ScalarType.Float64).item<double>();
}
