using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Tests.Diffusion;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Generation;

/// <summary>The denoiser of a model, and custom samplers run by the model.</summary>
public class ModelDenoiserTests
{
    public static TheoryData<string> Kinds() => SmallDiffusion.Kinds();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_sampler_run_by_hand_on_a_models_denoiser_gives_the_models_own_latents(string kind)
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create(kind);
        var batch = SmallDiffusion.Batch(model.Config, 3, 4);
        var sampling = model.Config.Sampling;
        var plan = sampling.CreatePlan(new NoiseSchedule(model.Config.Schedule));
        using var denoiser = model.CreateDenoiser(batch);
        using var noise = new RowNoise(batch.Seeds);
        var first = plan.FirstState(noise.Draw(zeros(2, 4, model.Config.LatentHeight, model.Config.LatentWidth)));

        var latents = sampling.Sampler.Sample(denoiser, first, plan, new SamplingOptions { Noise = noise });

        Assert.Equal(model.GenerateLatents(batch).data<float>().ToArray(), latents.data<float>().ToArray());
    }

    [Fact]
    public void A_denoiser_applies_the_guidance()
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create("labels");
        var batch = SmallDiffusion.Batch(model.Config, 3, 4);
        var state = SmallDiffusion.Rows([1, 2], 4, 8, 8);
        var level = NoiseLevel.Of(new NoiseSchedule(model.Config.Schedule), 500);
        float[] Epsilon(double scale)
        {
            using var denoiser = model.CreateDenoiser(batch, new GenerationSettings { GuidanceScale = scale });
            return [.. denoiser.Denoise(state, level).Epsilon.data<float>()];
        }

        var (none, one, three) = (Epsilon(0), Epsilon(1), Epsilon(3));

        Assert.All(none.Zip(one, three), values => Assert.Equal(values.First + (3 * (values.Second - values.First)), values.Third, 1e-4));
    }

    [Fact]
    public void A_denoiser_keeps_the_weights_open_and_leaks_nothing()
    {
        using var state = ones(1, 4, 8, 8);
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        var model = SmallDiffusion.Create("labels");
        var denoiser = model.CreateDenoiser(new GenerationBatch { Seeds = [1], Labels = [0] });
        model.Dispose();

        denoiser.Denoise(state, new NoiseLevel(0.6, 0.8)).Dispose();
        denoiser.Dispose();

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        Assert.Throws<ObjectDisposedException>(() => denoiser.Denoise(state, new NoiseLevel(0.6, 0.8)));
    }

    [Fact]
    public void A_batch_that_does_not_fit_the_model_is_refused()
    {
        using var model = SmallDiffusion.Create("labels without null label");

        Assert.Equal("Labels", Assert.Throws<OptionException>(() => model.CreateDenoiser(new GenerationBatch { Seeds = [1] })).Member);
    }

    [Fact]
    public void A_custom_sampler_runs_through_the_model()
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create();
        var batch = SmallDiffusion.Batch(model.Config, 3, 4);
        GenerationSettings With(ISampler sampler) => new() { Sampling = new SamplingSettings { Sampler = sampler, Steps = 6 } };

        var plain = model.GenerateLatents(batch, With(new PlainSampler()));

        Assert.True(allclose(model.GenerateLatents(batch, With(new DdimSampler())), plain, atol: 1e-5));
        Assert.Equal([2, 3, 16, 16], model.Generate(batch, With(new OwnSampler { Middle = 0.4 })).shape);
    }
}
