using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Generation;

/// <summary>Guidance without the part that is parallel to the image (arXiv 2410.02416).</summary>
public sealed class GuidanceProjectionTests
{
    private static readonly NoiseLevel Level = new(0.6, 0.8);

    [Theory]
    [InlineData(5, 0, null)]
    [InlineData(5, 0.25, null)]
    [InlineData(3, 0, 0.5)]
    [InlineData(0, 0, null)]
    public void The_parallel_part_of_the_difference_is_left_out(double scale, double share, double? norm)
    {
        using var scope = NewDisposeScope();
        var (without, with, state) = (randn(3, 2, 4, 4), randn(3, 2, 4, 4), randn(3, 2, 4, 4));
        var projection = new GuidanceProjection { ParallelShare = share, LargestNorm = norm };
        using var guided = new ProjectedDenoiser(new Fixed(cat([without, with])), scale, projection).Denoise(state, Level);
        for (var row = 0; row < 3; row++)
        {
            var (u, c) = (Values(without[row]), Values(with[row]));
            var difference = c.Zip(u, (one, other) => one - other).ToArray();
            var length = Math.Sqrt(difference.Sum(value => value * value));
            var factor = norm is { } most ? Math.Min(1, most / length) : 1;
            var along = factor * difference.Zip(c, (one, other) => one * other).Sum() / c.Sum(value => value * value);
            var expected = c.Select((value, place) => value + ((scale - 1) * ((factor * difference[place]) - ((1 - share) * along * value))));

            Assert.All(Values(guided.Start[row]).Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-4));
        }

        // x = alpha x_0 + sigma epsilon still holds.
        var rest = state - (guided.Start * Real(Level.Alpha)) - (guided.Epsilon * Real(Level.Sigma));
        Assert.InRange(rest.abs().max().item<float>(), 0, 1e-5);
    }

    [Fact]
    public void Rows_at_levels_of_their_own_equal_those_at_one_level()
    {
        using var scope = NewDisposeScope();
        var state = randn(2, 2, 4, 4);
        var denoiser = new ProjectedDenoiser(new Fixed(randn(4, 2, 4, 4)), 3, new GuidanceProjection());
        using Denoised one = denoiser.Denoise(state, Level), each = denoiser.Denoise(state, [Level, Level]);

        Assert.Equal(Values(one.Start), Values(each.Start));
        Assert.InRange((one.Epsilon - each.Epsilon).abs().max().item<float>(), 0, 1e-6);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(6)]
    public void With_the_whole_parallel_part_it_is_guidance_and_a_row_does_not_depend_on_its_batch(double scale)
    {
        using var model = SmallDiffusion.Create("labels");
        var batch = new GenerationBatch { Seeds = [1, 2, 3], Labels = [0, 1, 0] };
        var settings = new GenerationSettings { GuidanceScale = scale, Sampling = new() { Steps = 4 } };
        using var usual = model.GenerateLatents(batch, settings);
        using var whole = model.GenerateLatents(batch, settings with { GuidanceProjection = new() { ParallelShare = 1 } });
        using var projected = model.GenerateLatents(batch, settings with { GuidanceProjection = new() });
        using var alone = model.GenerateLatents(
            new GenerationBatch { Seeds = [2], Labels = [1] }, settings with { GuidanceProjection = new() });

        Assert.InRange((usual - whole).abs().max().item<float>(), 0, 1e-3);
        Assert.True((usual - projected).abs().max().item<float>() > 1e-3);
        Assert.Equal(Values(projected[1]), Values(alone[0]));
    }

    [Fact]
    public void Settings_that_make_no_sense_together_are_refused()
    {
        using var model = SmallDiffusion.Create("labels");
        var batch = new GenerationBatch { Seeds = [1], Labels = [0] };
        string Refusal(GenerationSettings settings) => Assert.Throws<OptionException>(() => model.GenerateLatents(batch, settings)).Message;
        var projected = new GenerationSettings { GuidanceScale = 3, GuidanceProjection = new() };

        Assert.Contains("GuidanceScale is 1, so there is no guidance to project", Refusal(projected with { GuidanceScale = 1 }), StringComparison.Ordinal);
        Assert.Contains("GuidanceRescale is given too", Refusal(projected with { GuidanceRescale = 0.5 }), StringComparison.Ordinal);
        Assert.Equal("ParallelShare is 2; it must be in [0, 1].", Refusal(projected with { GuidanceProjection = new() { ParallelShare = 2 } }));
        Assert.Equal("LargestNorm is 0; it must be above 0, or null for any.", Refusal(projected with { GuidanceProjection = new() { LargestNorm = 0 } }));
    }

    private static double[] Values(Tensor tensor) => [.. tensor.contiguous().data<float>().ToArray().Select(value => (double)value)];

    private sealed class Fixed(Tensor starts) : IDenoiser
    {
        public Denoised Denoise(Tensor state, NoiseLevel level) => Denoised.FromStart(state, level, starts.clone());
    }
}
