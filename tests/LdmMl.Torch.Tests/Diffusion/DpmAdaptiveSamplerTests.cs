using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Diffusion;

/// <summary>Every row takes its own steps, and the network is called as often as needed and no more.</summary>
public class DpmAdaptiveSamplerTests
{
    private static readonly SamplingPlan Plan = SamplingPlan.FromSigmas([14, 5, 1, 0.03, 0]);
    private static readonly long[] Seeds = [3, 1, 4, 1, 5];

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 3)]
    [InlineData(0.5, 2)]
    public void A_row_takes_the_same_steps_as_by_itself(double eta, int order)
    {
        var sampler = new DpmAdaptiveSampler { Eta = eta, Order = order };

        var together = Sample(sampler, [0, 1, 2, 3, 4]);
        var parts = new int[][] { [0], [4, 2], [1, 3, 0] }.SelectMany(rows => rows.Zip(Sample(sampler, rows))).ToArray();

        Assert.All(parts, part => Assert.Equal(together[part.First], part.Second));
        Assert.Equal(together[1], together[3]);
        Assert.NotEqual(together[0], together[1]);
    }

    [Fact]
    public void A_smaller_tolerance_needs_more_network_calls_and_they_are_reported()
    {
        var coarse = Calls(new DpmAdaptiveSampler { RelativeTolerance = 0.2 });
        var fine = Calls(new DpmAdaptiveSampler { RelativeTolerance = 0.001 });

        Assert.InRange(coarse[^1], 5, fine[^1] - 1);
        Assert.Equal(coarse.Order(), coarse);
        Assert.Equal(1, (coarse[^1] - coarse[0]) % 3);                 // three per attempt, one for the clean image
    }

    [Fact]
    public void Too_many_network_calls_fail_with_advice()
    {
        var sampler = new DpmAdaptiveSampler { RelativeTolerance = 0, AbsoluteTolerance = 1e-9, CallLimit = 40 };

        var exception = Assert.Throws<InvalidOperationException>(() => Sample(sampler, [0]));

        Assert.StartsWith("The network was called 39 times, and a row is still at sigma ", exception.Message, StringComparison.Ordinal);
        Assert.EndsWith("Raise RelativeTolerance, or CallLimit.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_whose_output_is_not_finite_ends_sampling()
    {
        using var scope = NewDisposeScope();
        using var noise = new RowNoise([1]);
        var state = noise.Draw(zeros(1, 3, 2, 2));
        var denoiser = new NetworkDenoiser((x, _) => x * Real(double.NaN), new NoiseSchedule(), Prediction.Epsilon);

        var exception = Assert.Throws<InvalidOperationException>(
            () => new DpmAdaptiveSampler().Sample(denoiser, state, Plan, new SamplingOptions { Noise = noise }));

        Assert.StartsWith("At sigma 14 the output of the network was not finite", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_option_out_of_range_is_refused_by_name()
    {
        var exception = Assert.Throws<OptionException>(() => SamplerRegistry.With(SamplerRegistry.Create("dpm_adaptive"), "atol", "0"));

        Assert.StartsWith("AbsoluteTolerance is 0", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_at_different_levels_are_denoised_as_by_themselves()
    {
        using var scope = NewDisposeScope();
        using var noise = new RowNoise(Seeds);
        var state = noise.Draw(zeros(5, 3, 2, 2));
        NoiseLevel[] levels = [.. new[] { 0.1, 2, 2, 7, 0.5 }.Select(sigma => NoiseLevel.OfSigma(sigma))];

        foreach (var prediction in Enum.GetValues<Prediction>())
        {
            var network = Network(prediction);
            var together = network.Denoise(state, levels);
            var oneByOne = ((IDenoiser)new Plain(network)).Denoise(state, levels);

            Assert.True(together.Start.allclose(oneByOne.Start, 1e-5, 1e-5));
            Assert.True(together.Epsilon.allclose(oneByOne.Epsilon, 1e-5, 1e-5));
        }
    }

    private static List<int> Calls(DpmAdaptiveSampler sampler)
    {
        var calls = new List<int>();
        Sample(sampler, [0, 1], new StepProgress(progress => calls.Add(progress.NetworkCalls)));
        return calls;
    }

    private static float[][] Sample(ISampler sampler, int[] rows, IProgress<SamplingProgress>? progress = null)
    {
        using var scope = NewDisposeScope();
        using var noise = new RowNoise([.. rows.Select(row => Seeds[row])]);
        var state = Plan.FirstState(noise.Draw(zeros(rows.Length, 3, 2, 2)));
        var result = sampler.Sample(Network(Prediction.Epsilon), state, Plan, new SamplingOptions { Noise = noise, Progress = progress });
        return [.. Enumerable.Range(0, rows.Length).Select(row => result[row].data<float>().ToArray())];
    }

    private static NetworkDenoiser Network(Prediction prediction) => new(
        (state, times) => (state.tanh() * Real(0.9)).Plus((state * Real(3)).sin() * (times.reshape(-1, 1, 1, 1) * Real(0.0003))),
        new NoiseSchedule(), prediction);

    private sealed class Plain(IDenoiser denoiser) : IDenoiser
    {
        public Denoised Denoise(Tensor state, NoiseLevel level) => denoiser.Denoise(state, level);
    }
}
