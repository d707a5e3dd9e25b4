using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Diffusion.Schedulers;
using LdmMl.Torch.Generation;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Generation;

/// <summary>Images and masks as used by diffusers' pipelines; the goldens compare the numbers.</summary>
public class ImageRuleTests
{
    [Theory]
    [InlineData("unconditional", ImageRule.Diffusers)]
    [InlineData("unconditional", ImageRule.DiffusersLegacy)]
    [InlineData("labels", ImageRule.DiffusersLegacyPredictedNoise)]
    [InlineData("inpainting with context", ImageRule.Diffusers)]
    public void A_row_is_the_same_by_itself_and_among_others(string kind, ImageRule rule)
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create(kind);
        var settings = Settings(rule) with { Strength = 0.6, GuidanceScale = rule == ImageRule.DiffusersLegacyPredictedNoise ? 2 : 1 };

        var three = model.GenerateLatents(Masked(model, 5, 6, 7), settings);
        var one = model.GenerateLatents(Masked(model, 6), settings);

        Assert.True(three[1].bytes.SequenceEqual(one[0].bytes));
    }

    [Theory]
    [InlineData(ImageRule.Diffusers)]
    [InlineData(ImageRule.DiffusersLegacy)]
    public void The_kept_part_ends_as_the_clean_sample_of_the_posterior(ImageRule rule)
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create();
        var batch = Masked(model, 5);
        using var noise = new RowNoise([5]);
        var original = model.Autoencoder.Encode(batch.InitialImages!, noise.Draw(zeros(1, 4, 8, 8)));

        var latents = model.GenerateLatents(batch, Settings(rule));

        Assert.True(latents.narrow(3, 0, 4).contiguous().bytes.SequenceEqual(original.narrow(3, 0, 4).contiguous().bytes));
        Assert.False(latents.narrow(3, 4, 4).contiguous().bytes.SequenceEqual(original.narrow(3, 4, 4).contiguous().bytes));
    }

    [Fact]
    public void Without_a_mask_strength_1_still_starts_from_the_image()
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create();
        var batch = Masked(model, 5) with { Masks = null };

        var one = model.GenerateLatents(batch, Settings(ImageRule.Diffusers));
        var other = model.GenerateLatents(batch with { InitialImages = -batch.InitialImages! }, Settings(ImageRule.Diffusers));

        Assert.False(one.bytes.SequenceEqual(other.bytes));
    }

    [Fact]
    public void The_end_of_PNDMs_list_with_one_timestep_twice_is_taken()
    {
        var json = """{ "_class_name": "PNDMScheduler", "skip_prk_steps": true, "steps_offset": 1, "beta_schedule": "scaled_linear" }""";
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json));
        var sampling = DiffusersScheduler.Read(stream).Sampling with { Steps = 5 };
        var schedule = new NoiseSchedule(new NoiseScheduleConfig());

        Assert.Equal([801, 601, 601, 401, 201, 1], Times(1));
        Assert.Equal([601, 601, 401, 201, 1], Times(0.8));
        Assert.Equal([401, 201, 1], Times(0.4));

        IEnumerable<double> Times(double strength) => sampling.CreateImagePlan(schedule, strength).Steps.Select(step => step.From.Timestep!.Value);
    }

    [Theory]
    [InlineData("unconditional", ImageRule.Diffusers, false, "there are no images to start from; give InitialImages, or leave it out")]
    [InlineData("inpainting", ImageRule.Diffusers, true, "no diffusers pipeline does this with a model of this kind; choose Mean")]
    [InlineData("inpainting with context", ImageRule.DiffusersLegacy, true, "it needs masks, and a model that is not an inpainting model; choose Diffusers")]
    [InlineData("unconditional", ImageRule.DiffusersLegacyPredictedNoise, true, "GuidanceScale is 1; raise the scale, or choose DiffusersLegacy")]
    public void A_rule_that_does_not_fit_is_refused(string kind, ImageRule rule, bool hasImages, string reason)
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create(kind);
        var batch = hasImages ? Masked(model, 1) : SmallDiffusion.Batch(model.Config, 1);

        Assert.Contains(reason, Assert.Throws<OptionException>(() => model.Generate(batch, Settings(rule))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sampler_that_does_not_support_the_rule_is_refused()
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create();

        Assert.Contains("counts each of its Runge-Kutta calls as a step", Refused(new PndmSampler()), StringComparison.Ordinal);
        Assert.Contains("ImageRule Diffusers pastes after each step, which is not possible with it", Refused(new DpmAdaptiveSampler()), StringComparison.Ordinal);

        string Refused(ISampler sampler) => Assert.Throws<OptionException>(() => model.Generate(
            Masked(model, 1), new GenerationSettings { ImageRule = ImageRule.Diffusers, Sampling = new SamplingSettings { Sampler = sampler, Steps = 4 } })).Message;
    }

    private static GenerationSettings Settings(ImageRule rule) => new() { ImageRule = rule, Sampling = new SamplingSettings { Steps = 5 } };

    private static GenerationBatch Masked(LatentDiffusionModel model, params long[] seeds) => SmallDiffusion.Batch(model.Config, seeds) with
    {
        InitialImages = SmallDiffusion.Rows(seeds, 3, 16, 16).clamp(Real(-1), Real(1)),
        Masks = SmallDiffusion.Mask(seeds.Length, 16, 16),
    };
}
