using LdmMl.Torch.Kernels;
using LdmMl.Torch.Kernels.ChannelsLast;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Kernels.ChannelsLast;

public class PixelGroupActivationTests
{
    private const double Epsilon = 1e-6;

    // Largest error of normalised values, up to five deviations; measured: 6e-7, a step of float32 there.
    private const double Exact = 2e-6;

    // Near 1000 the steps of float32 are 6e-5, and the mean of a part is a float32 sum of up to a thousand such numbers; measured: 3.8e-4 of a
    // deviation.
    private const double Shifted = 1e-3;

    /// <summary>Channels, groups, height and width: whole vectors and not, one pixel wide and high, one part and several.</summary>
    public static TheoryData<int, int, int, int> Shapes() => new()
    {
        { 64, 32, 7, 9 }, { 24, 3, 16, 17 }, { 40, 8, 5, 1 }, { 16, 4, 1, 9 }, { 128, 32, 40, 33 }, { 6, 3, 9, 5 }, { 96, 32, 2, 2 }, { 1000, 8, 5, 7 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Normalised_values_equal_those_in_float64(int channels, int groups, int height, int width)
    {
        using var scope = NewDisposeScope();
        var images = Images(3, channels, height, width);
        var plain = new ChannelAffine(null, ones(channels), zeros(channels));

        var result = PixelGroupActivation.Run(images, plain, groups, Epsilon, withSilu: false);

        Assert.True(result.IsChannelsLast());
        Assert.InRange(Drawn.LargestError(result, Expected(images, plain, groups, false)), 0, Exact);
        Assert.InRange(
            Drawn.LargestError(PixelGroupActivation.Run(images, plain, groups, Epsilon, true), Expected(images, plain, groups, true)), 0, Exact);
    }

    // Weights of up to 4 amplify the error of normalised values.
    [Theory]
    [MemberData(nameof(Shapes))]
    public void Shifts_before_and_weights_after_equal_those_in_float64(int channels, int groups, int height, int width)
    {
        using var scope = NewDisposeScope();
        var images = Images(3, channels, height, width);
        var shift = Drawn.Normal(3, 3, channels);
        ChannelAffine[] cases =
        [
            new(shift, ones(channels), zeros(channels)),
            new(null, Drawn.Normal(4, channels), Drawn.Normal(5, channels)),
            new(shift, Drawn.Normal(4, 3, channels), Drawn.Normal(5, 3, channels)),
        ];

        Assert.All(cases, affine => Assert.All(new[] { false, true }, withSilu => Assert.InRange(
            Drawn.LargestError(PixelGroupActivation.Run(images, affine, groups, Epsilon, withSilu), Expected(images, affine, groups, withSilu)), 0, 4 * Exact)));
    }

    [Theory]
    [InlineData(64, 32, 33, 31)]
    [InlineData(24, 3, 61, 50)]
    [InlineData(16, 16, 128, 64)]
    public void A_mean_a_thousand_times_the_deviation_loses_no_precision(int channels, int groups, int height, int width)
    {
        using var scope = NewDisposeScope();
        var images = (Drawn.Normal(2, 2, channels, height, width) + Real(1e3)).ToChannelsLast();
        var plain = new ChannelAffine(null, ones(channels), zeros(channels));

        var result = PixelGroupActivation.Run(images, plain, groups, Epsilon, withSilu: false);

        Assert.InRange(Drawn.LargestError(result, Expected(images, plain, groups, withSilu: false)), 0, Shifted);
    }

    [Fact]
    public void Constant_images_become_the_bias()
    {
        using var scope = NewDisposeScope();
        var images = full([2, 32, 5, 6], Real(0.1f)).ToChannelsLast();
        var affine = new ChannelAffine(null, ones(32), full([32], Real(0.5f)));

        var result = PixelGroupActivation.Run(images, affine, groups: 8, Epsilon, withSilu: false);

        // Rounding errors around 0 are amplified by 1 / sqrt(epsilon) = 1e3.
        Assert.InRange(Drawn.LargestError(result, full_like(result, Real(0.5f))), 0, 1e-4);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void An_image_has_the_same_bits_alone_and_in_every_batch(int channels, int groups, int height, int width)
    {
        using var scope = NewDisposeScope();
        var images = Images(5, channels, height, width);
        var affine = new ChannelAffine(Drawn.Normal(3, 5, channels), Drawn.Normal(4, 5, channels), Drawn.Normal(5, 5, channels));
        var together = PixelGroupActivation.Run(images, affine, groups, Epsilon, withSilu: true);

        foreach (var (first, count) in new[] { (0, 1), (4, 1), (1, 2), (2, 3) })
        {
            var part = new ChannelAffine(affine.Shift!.narrow(0, first, count), affine.Weight.narrow(0, first, count), affine.Bias.narrow(0, first, count));
            var result = PixelGroupActivation.Run(images.narrow(0, first, count), part, groups, Epsilon, withSilu: true);
            Assert.True(Drawn.Same(result, together.narrow(0, first, count)), $"rows {first} to {first + count - 1}");
        }
    }

    [Fact]
    public void Non_finite_values_stay_in_their_group_and_image()
    {
        using var scope = NewDisposeScope();
        var images = Images(2, 24, 6, 5);
        images[0, 7, 2, 3] = float.NaN;
        var affine = new ChannelAffine(null, ones(24), zeros(24));

        var isNan = PixelGroupActivation.Run(images, affine, groups: 6, Epsilon, withSilu: true).isnan();

        Assert.True(isNan[0].narrow(0, 4, 4).all().item<bool>());
        Assert.Equal(4 * 30, isNan.sum().item<long>());
    }

    private static Tensor Images(int count, int channels, int height, int width) =>
        ((Drawn.Normal(2, count, channels, height, width) * Real(2)) + Real(3)).ToChannelsLast();

    private static Tensor Expected(Tensor images, ChannelAffine affine, int groups, bool withSilu)
    {
        static Tensor Map(Tensor perChannel) => perChannel.to(ScalarType.Float64).reshape(-1, perChannel.shape[^1], 1, 1);

        var exact = images.to(ScalarType.Float64);
        var shifted = affine.Shift is null ? exact : exact.Plus(Map(affine.Shift));
        var result = (nn.functional.group_norm(shifted, groups, null, null, Epsilon) * Map(affine.Weight)).Plus(Map(affine.Bias));
        return withSilu ? nn.functional.silu(result) : result;
    }
}
