using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Generation;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Generation;

/// <summary>Initial images, masks, sizes.</summary>
public class ImageToImageTests
{
    public static TheoryData<string> Samplers() => [.. SamplerRegistry.Names];

    [Fact]
    public void Lower_strength_stays_closer_to_the_initial_image()
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create();
        var batch = WithImages(model, 1, 2);
        var original = model.Autoencoder.Encode(batch.InitialImages!);

        var distances = new[] { 0.05, 0.3, 0.9 }.Select(strength => Distance(model.GenerateLatents(batch, Settings(strength)), original)).ToArray();

        Assert.Equal(distances.Order(), distances);
        Assert.Equal(distances.Distinct(), distances);
    }

    [Fact]
    public void Image_to_image_starts_from_the_posterior_mean_noised_to_the_step()
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create();
        var batch = WithImages(model, 5);
        var settings = new SamplingSettings { Steps = 10 };
        var plan = settings.CreatePlan(new NoiseSchedule(model.Config.Schedule), strength: 0.1);
        var level = plan.Steps[0].From;
        float[]? start = null;

        model.GenerateLatents(
            batch, new GenerationSettings { Sampling = settings, Strength = 0.1 },
            new StepProgress(report => start = report.Start.data<float>().ToArray()));

        // One step of DDIM: the network's estimate for the first state.
        var state = (model.Autoencoder.Encode(batch.InitialImages!) * Real(level.Alpha)).Plus(SmallDiffusion.Rows([5], 4, 8, 8) * Real(level.Sigma));
        var predicted = model.Network.Predict(state, full([1], Real((float)level.Timestep!.Value)), LdmMl.Torch.Models.UNets.UNetConditions.None);
        Assert.True(allclose(tensor(start!).reshape(1, 4, 8, 8), (state - (predicted * Real(level.Sigma))) / Real(level.Alpha), atol: 1e-4));
    }

    [Theory]
    [MemberData(nameof(Samplers))]
    public void Low_strength_returns_to_the_initial_image_with_every_sampler(string sampler)
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create();
        var batch = WithImages(model, 1, 2);
        var settings = new SamplingSettings { Sampler = SamplerRegistry.Create(sampler), Steps = 50 };

        var latents = model.GenerateLatents(batch, new GenerationSettings { Sampling = settings, Strength = 0.04 });

        Assert.InRange(Distance(latents, model.Autoencoder.Encode(batch.InitialImages!)), 1e-4, 0.4);
    }

    [Fact]
    public void At_full_strength_the_initial_image_does_not_matter()
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create();

        var with = model.Generate(WithImages(model, 3));
        var without = model.Generate(new GenerationBatch { Seeds = [3] });

        Assert.True(with.bytes.SequenceEqual(without.bytes));
    }

    [Theory]
    [InlineData("unconditional")]
    [InlineData("inpainting")]
    [InlineData("inpainting with context")]
    public void Kept_pixels_are_bit_identical_to_the_original(string kind)
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create(kind);
        var batch = Inpainting(model, 1, 2);

        var images = model.Generate(batch);

        Assert.True(images.narrow(3, 0, 8).contiguous().bytes.SequenceEqual(batch.InitialImages!.narrow(3, 0, 8).contiguous().bytes));
        Assert.False(images.narrow(3, 8, 8).contiguous().bytes.SequenceEqual(batch.InitialImages!.narrow(3, 8, 8).contiguous().bytes));
    }

    [Fact]
    public void Kept_pixels_can_be_those_of_the_first_stage()
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create();
        var batch = Inpainting(model, 1);

        var images = model.Generate(batch, new GenerationSettings { KeepOriginalPixels = false });
        var latents = model.GenerateLatents(batch);

        Assert.True(images.bytes.SequenceEqual(model.Autoencoder.Decode(latents).bytes));
    }

    [Fact]
    public void A_kept_latent_is_the_originals_with_the_noise_of_the_last_level()
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create();
        var batch = Inpainting(model, 1);
        var original = model.Autoencoder.Encode(batch.InitialImages!);

        var latents = model.GenerateLatents(batch, new GenerationSettings { Sampling = new SamplingSettings { Steps = 20 } });

        var kept = Distance(latents.narrow(3, 0, 4), original.narrow(3, 0, 4));
        var painted = Distance(latents.narrow(3, 4, 4), original.narrow(3, 4, 4));
        Assert.True(kept < 0.5 * painted, $"{kept} compared with {painted}");
    }

    [Fact]
    public void A_black_mask_keeps_everything_and_a_white_one_nothing()
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create();
        var batch = WithImages(model, 4);

        var black = model.Generate(batch with { Masks = zeros(1, 1, 16, 16) });
        Assert.True(black.bytes.SequenceEqual(batch.InitialImages!.bytes));

        // The noise of the kept part is drawn all the same, so only samplers without their own noise give the image of the seed by itself.
        var white = model.Generate(batch with { Masks = ones(1, 1, 16, 16) });
        Assert.True(white.bytes.SequenceEqual(model.Generate(new GenerationBatch { Seeds = [4] }).bytes));
    }

    [Fact]
    public void One_white_pixel_paints_the_whole_latent_pixel()
    {
        using var scope = NewDisposeScope();
        var mask = zeros(1, 1, 4, 6);
        mask[0, 0, 3, 1] = 1f;

        var kept = LatentMasks.Kept(mask, factor: 2);

        Assert.Equal([1f, 1f, 1f, 0f, 1f, 1f], kept.data<float>().ToArray());
    }

    [Theory]
    [InlineData("unconditional", 24, 8)]
    [InlineData("super-resolution", 24, 16)]
    public void Sizes_other_than_the_trained_one_work(string kind, int width, int height)
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create(kind);
        var batch = new GenerationBatch { Seeds = [1] };
        if (kind != "unconditional")
            batch = batch with { LowResolutionImages = zeros(1, 3, height / 2, width / 2) };

        using var images = model.Generate(batch, new GenerationSettings { Width = width, Height = height });

        Assert.Equal([1, 3, height, width], images.shape);
        Assert.Equal((16, 16), (model.DefaultWidth, model.DefaultHeight));
    }

    private static GenerationSettings Settings(double strength) => new() { Strength = strength, Sampling = new SamplingSettings { Steps = 20 } };

    private static GenerationBatch WithImages(LatentDiffusionModel model, params long[] seeds) =>
        SmallDiffusion.Batch(model.Config, seeds) with { InitialImages = SmallDiffusion.Rows(seeds, 3, 16, 16).clamp(Real(-1), Real(1)) };

    private static GenerationBatch Inpainting(LatentDiffusionModel model, params long[] seeds) =>
        WithImages(model, seeds) with { Masks = SmallDiffusion.Mask(seeds.Length, 16, 16) };

    private static double Distance(Tensor latents, Tensor original) => (latents - original).pow(Whole(2)).mean().sqrt().item<float>();
}
