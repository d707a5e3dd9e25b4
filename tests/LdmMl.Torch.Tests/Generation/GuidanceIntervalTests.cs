using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Generation;

/// <summary>Guidance only at some noise levels.</summary>
public class GuidanceIntervalTests
{
    [Fact]
    public void An_interval_of_all_levels_is_plain_guidance_and_an_empty_one_is_no_guidance()
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create("labels");
        var batch = SmallDiffusion.Batch(model.Config, 1, 2);
        var guided = new GenerationSettings { GuidanceScale = 4 };

        var all = model.GenerateLatents(batch, guided with { GuidanceInterval = new GuidanceInterval() });
        var none = model.GenerateLatents(batch, guided with { GuidanceInterval = new GuidanceInterval { LowestSigma = 1e6 } });

        Assert.True(all.bytes.SequenceEqual(model.GenerateLatents(batch, guided).bytes));
        Assert.True(none.bytes.SequenceEqual(model.GenerateLatents(batch).bytes));
        Assert.False(none.bytes.SequenceEqual(all.bytes));
    }

    [Fact]
    public void A_prediction_is_guided_inside_the_interval_and_only_conditional_outside()
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create("labels");
        var batch = SmallDiffusion.Batch(model.Config, 1, 2);
        var guided = new GenerationSettings { GuidanceScale = 4 };
        using var denoiser = model.CreateDenoiser(
            batch, guided with { GuidanceInterval = new GuidanceInterval { LowestSigma = 0.5, HighestSigma = 2 } });
        using var always = model.CreateDenoiser(batch, guided);
        using var never = model.CreateDenoiser(batch);
        var state = SmallDiffusion.Rows([1, 2], 4, 8, 8);

        AssertSame(always.Denoise(state, NoiseLevel.OfSigma(2)), denoiser.Denoise(state, NoiseLevel.OfSigma(2)));
        AssertSame(never.Denoise(state, NoiseLevel.OfSigma(0.5)), denoiser.Denoise(state, NoiseLevel.OfSigma(0.5)));
        AssertSame(never.Denoise(state, NoiseLevel.OfSigma(2.5)), denoiser.Denoise(state, NoiseLevel.OfSigma(2.5)));
    }

    [Fact]
    public void Rows_at_different_levels_are_each_guided_by_their_own_level()
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create("labels");
        var batch = SmallDiffusion.Batch(model.Config, 1, 2);
        var guided = new GenerationSettings { GuidanceScale = 4 };
        NoiseLevel[] levels = [NoiseLevel.OfSigma(1), NoiseLevel.OfSigma(3)];
        using var denoiser = model.CreateDenoiser(batch, guided with { GuidanceInterval = new GuidanceInterval { HighestSigma = 2 } });
        using var always = model.CreateDenoiser(batch, guided);
        using var never = model.CreateDenoiser(batch);
        var state = SmallDiffusion.Rows([1, 2], 4, 8, 8);

        var (mixed, one, other) = (denoiser.Denoise(state, levels), always.Denoise(state, levels), never.Denoise(state, levels));

        Assert.True(mixed.Start[0].bytes.SequenceEqual(one.Start[0].bytes));
        Assert.True(mixed.Epsilon[1].bytes.SequenceEqual(other.Epsilon[1].bytes));
        Assert.False(one.Start[1].bytes.SequenceEqual(other.Start[1].bytes));
    }

    [Theory]
    [InlineData(1, 0, 2, "GuidanceScale is 1, so there is no guidance to limit; raise the scale, or leave it out")]
    [InlineData(3, -1, 2, "LowestSigma is -1; it must be at least 0")]
    [InlineData(3, 2, 2, "HighestSigma is 2; it must be above LowestSigma, which is 2")]
    public void An_interval_without_guidance_or_levels_is_refused(double scale, double lowest, double highest, string reason)
    {
        using var model = SmallDiffusion.Create("labels");
        var settings = new GenerationSettings
        {
            GuidanceScale = scale, GuidanceInterval = new GuidanceInterval { LowestSigma = lowest, HighestSigma = highest },
        };

        var error = Assert.Throws<OptionException>(() => model.Generate(new GenerationBatch { Seeds = [1], Labels = [0] }, settings));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private static void AssertSame(Denoised expected, Denoised actual)
    {
        Assert.True(expected.Start.bytes.SequenceEqual(actual.Start.bytes));
        Assert.True(expected.Epsilon.bytes.SequenceEqual(actual.Epsilon.bytes));
    }
}
