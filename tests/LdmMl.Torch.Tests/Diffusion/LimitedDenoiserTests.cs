using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Diffusion;

public class LimitedDenoiserTests
{
    private static readonly NoiseLevel Level = new(0.6, 0.8);

    [Fact]
    public void Without_a_limit_a_denoiser_is_not_wrapped()
    {
        var denoiser = new Fixed([1]);

        Assert.Same(denoiser, new SamplingSettings().Limit(denoiser));
    }

    [Fact]
    public void Clipping_leaves_the_networks_epsilon_unchanged()
    {
        var (start, epsilon) = Denoise(new SamplingSettings { ClipRange = 1.5 }, [-3, -1, 0, 2]);

        Assert.Equal([-1.5f, -1, 0, 1.5f], start);
        Assert.Equal(Epsilon([-3, -1, 0, 2]), epsilon);
    }

    [Theory]
    [InlineData("Plms")]
    [InlineData("Pndm")]
    [InlineData("DpmSolver")]
    public void Samplers_that_use_only_epsilon_get_that_of_the_limited_image(string sampler)
    {
        var (start, epsilon) = Denoise(new SamplingSettings { Sampler = SamplerRegistry.Create(sampler), ClipRange = 1 }, [-3, -1, 0, 2]);

        Assert.Equal([-1, -1, 0, 1], start);
        Assert.Equal(Epsilon([-1, -1, 0, 1]), epsilon);
    }

    [Fact]
    public void DDIM_recomputes_epsilon_from_the_clipped_image_if_set()
    {
        var (_, epsilon) = Denoise(new SamplingSettings { Sampler = new DdimSampler { UseClippedEpsilon = true }, ClipRange = 1 }, [-3, -1, 0, 2]);

        Assert.Equal(Epsilon([-1, -1, 0, 1]), epsilon);
    }

    [Fact]
    public void Dynamic_thresholding_scales_a_row_by_the_quantile_of_its_own_values()
    {
        var settings = new SamplingSettings { DynamicThresholdRatio = 0.5, DynamicThresholdMaximum = 3 };

        // The median of the absolute values is 2; values beyond it are clipped, and all are divided by it.
        Assert.Equal([-1, -0.5f, 0.5f, 1, 1], Denoise(settings, [-8, -1, 1, 2, 4]).Start);
        // Never less than 1 and never more than the maximum.
        Assert.Equal([-0.5f, 0, 0.25f, 0, 1], Denoise(settings, [-0.5f, 0, 0.25f, 0, 9]).Start);
        Assert.Equal([-1, 1, 1, 1, 1], Denoise(settings, [-8, 7, 7, 6, 9]).Start);
    }

    private static (float[] Start, float[] Epsilon) Denoise(SamplingSettings settings, float[] start)
    {
        using var scope = NewDisposeScope();
        using var denoised = settings.Limit(new Fixed(start)).Denoise(ones(1, 1, 1, start.Length), Level);
        return ([.. denoised.Start.data<float>()], [.. denoised.Epsilon.data<float>()]);
    }

    private static float[] Epsilon(float[] start)
    {
        using var scope = NewDisposeScope();
        return [.. Denoised.FromStart(ones(1, 1, 1, start.Length), Level, Row(start)).Epsilon.data<float>()];
    }

    private static Tensor Row(float[] values) => tensor(values).reshape(1, 1, 1, -1);

    private sealed class Fixed(float[] start) : IDenoiser
    {
        public Denoised Denoise(Tensor state, NoiseLevel level) => Denoised.FromStart(state, level, Row(start));
    }
}
