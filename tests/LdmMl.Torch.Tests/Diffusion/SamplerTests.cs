using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Tests.GoldenRunners;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Diffusion;

public class SamplerTests
{
    private static readonly NoiseSchedule Schedule = new();

    public static TheoryData<Sampler> All => new(
        new DdpmSampler(), new DdimSampler(), new DdimSampler { Eta = 1 }, new PlmsSampler(),
        new EulerSampler(), new EulerSampler { Churn = new Churn { Amount = 4 } }, new EulerAncestralSampler(), new HeunSampler(), new Dpm2Sampler(),
        new LmsSampler(), new DpmSolverPlusPlus2MSampler(), new DpmSolverPlusPlus2MSampler { Eta = 1, Method = SecondOrder.Heun },
        new DpmSolverPlusPlus2SAncestralSampler(), new DpmSolverPlusPlus3MSampler());

    [Theory]
    [MemberData(nameof(All))]
    public void Nothing_stays_alive_but_the_result(Sampler sampler)
    {
        var state = Noise(1, rows: 2);
        Sample(sampler, state, seeds: [1, 2]).Dispose();
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

        var result = Sample(sampler, state, seeds: [1, 2]);

        Assert.Equal(before + 1, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        result.Dispose();
        state.Dispose();
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_row_is_the_same_to_the_last_bit_alone_and_beside_others(Sampler sampler)
    {
        using var scope = NewDisposeScope();
        var state = Noise(1, rows: 3);

        var together = Sample(sampler, state, seeds: [5, 6, 7]);

        for (var row = 0; row < 3; row++)
        {
            var alone = Sample(sampler, state.narrow(0, row, 1), seeds: [5 + row]);
            Assert.Equal(together[row].data<float>().ToArray(), alone[0].data<float>().ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_denoiser_that_knows_the_image_leads_every_sampler_to_it(Sampler sampler)
    {
        using var scope = NewDisposeScope();
        var image = Noise(9, rows: 1);

        var result = sampler.Sample(new KnownImage(image), Noise(1, rows: 1) * Plan(sampler).InitialScale, Plan(sampler), Options([1]));

        // Variance-preserving plans end at the noise of forward step 0, sqrt(1 - alphaBar) = 0.039.
        Assert.InRange((result - image).abs().max().item<float>(), 0, 0.2);
    }

    [Fact]
    public void Sampling_stops_between_steps_and_leaves_nothing_alive()
    {
        using var stop = new CancellationTokenSource();
        using var state = Noise(1, rows: 1);
        var steps = 0;
        var options = Options([1]) with
        {
            CancellationToken = stop.Token,
            OnStep = progress =>
            {
                if (++steps == 3)
                    stop.Cancel();
            },
        };
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

        Assert.Throws<OperationCanceledException>(() => new PlmsSampler().Sample(Toy(), state, Plan(new PlmsSampler()), options));

        Assert.Equal(3, steps);
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Wrong_options_are_named_before_any_step()
    {
        using var state = Noise(1, rows: 1);

        var exception = Assert.Throws<ArgumentException>(() => Sample(new DdimSampler { Eta = 2 }, state, [1]));

        Assert.Equal("Eta is 2; it must be in [0, 1].", exception.Message);
    }

    private static Tensor Sample(Sampler sampler, Tensor noise, long[] seeds)
    {
        using var state = noise * Plan(sampler).InitialScale;
        return sampler.Sample(Toy(), state, Plan(sampler), Options(seeds));
    }

    private static SamplingPlan Plan(Sampler sampler) => sampler is DdpmSampler or DdimSampler or PlmsSampler
        ? SamplingPlan.FromTimesteps(Schedule, Timesteps.Choose(1000, 6, TimestepSpacing.Uniform))
        : SamplingPlan.FromSigmas(new SigmaTable(Schedule).EvenlySpaced(6));

    private static NetworkDenoiser Toy() => new((state, times) =>
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(ToyNetwork.Predict(state, times));
    }, Schedule, Prediction.Epsilon);

    private static SamplingOptions Options(long[] seeds) => new() { Noise = new SeededNoise(seeds) };

    private static Tensor Noise(long seed, int rows)
    {
        using var generator = new Generator((ulong)seed, CPU);
        return randn([rows, 4, 3, 5], generator: generator);
    }

    private sealed class KnownImage(Tensor image) : IDenoiser
    {
        public Denoised Denoise(Tensor state, NoiseLevel level) => Denoised.FromStart(state, level, image.alias());
    }

    /// <summary>Row by row from the row's own seed; a new generator for each draw.</summary>
    private sealed class SeededNoise(long[] seeds) : INoiseSource
    {
        private int draws;

        public Tensor Draw(Tensor state)
        {
            using var scope = NewDisposeScope();
            draws++;
            return scope.MoveToOuter(cat([.. seeds.Select(seed => Noise((seed * 1000) + draws, rows: 1))]));
        }
    }
}
