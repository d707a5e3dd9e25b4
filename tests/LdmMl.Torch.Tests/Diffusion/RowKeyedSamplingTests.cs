using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Models.UNets;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Diffusion;

/// <summary>
/// A row's sample depends only on its seed, bit for bit: by itself, in batches of any size and order, on any thread; with every sampler, and with
/// guidance, a mask, an initial image and limits. The network has convolutions, group norms, self- and cross-attention.
/// </summary>
public sealed class RowKeyedSamplingTests : IDisposable
{
    private const int Side = 4;
    private const int Tokens = 3;
    private const int Dimension = 6;

    private static readonly UNetConfig Config = new()
    {
        InputChannels = 3,
        OutputChannels = 3,
        BaseChannels = 8,
        ChannelMultipliers = [1, 2],
        ResidualBlocks = 1,
        AttentionFactors = [2],
        Heads = 2,
        NormGroups = 4,
        ContextDimension = Dimension,
    };

    private static readonly long[] Seeds = [11, -7, 0, long.MaxValue, 5];
    private static readonly int[][] Batches = [[0], [4, 2, 0], [1, 3]];

    private readonly NoiseSchedule schedule = new();
    private readonly UNet network = Build();

    public static TheoryData<string> Names => SamplerCases.Noises;

    public void Dispose() => network.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void A_rows_sample_depends_only_on_its_seed(string name)
    {
        var settings = SamplerCases.All[name] with { Steps = 5, DynamicThresholdRatio = 0.9, DynamicThresholdMaximum = 2 };
        var together = Sample(settings, [0, 1, 2, 3, 4]);

        // On two threads at the same time.
        var parts = Batches.AsParallel().WithDegreeOfParallelism(2).Select(rows => (rows, Values: Sample(settings, rows))).ToArray();

        Assert.All(parts, part => Assert.All(part.rows.Zip(part.Values), row => Assert.Equal(together[row.First], row.Second)));
        Assert.All(together, row => Assert.All(row, value => Assert.True(float.IsFinite(value))));
        Assert.NotEqual(together[0], together[1]);
    }

    // From an image, with guidance, a mask and limits: everything that a row can have.
    private float[][] Sample(SamplingSettings settings, int[] rows)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var noise = new RowNoise([.. rows.Select(row => Seeds[row])]);
        var plan = settings.CreatePlan(schedule, strength: 0.8);
        var (images, context) = (Rows(rows, 3, Side, Side), Rows(rows, Tokens, Dimension));
        var options = new SamplingOptions { Noise = noise, Inpainting = new Inpainting(images, Mask(rows.Length)) };
        var guided = Guidance.Combine(Predict, zeros_like(context), context, scale: 3, rescale: 0.5);
        var denoiser = settings.Limit(new NetworkDenoiser(guided, schedule, Prediction.Epsilon));

        var result = settings.Sampler.Sample(denoiser, plan.FirstState(noise.Draw(images), images), plan, options);

        return [.. Enumerable.Range(0, rows.Length).Select(row => result[row].data<float>().ToArray())];
    }

    private Tensor Predict(Tensor states, Tensor times, Tensor context) => network.Predict(states, times, new UNetConditions(Context: context));

    // Every weight is random, including those that are 0 in a new network.
    private static UNet Build()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var generator = new Generator(1, CPU);
        var built = UNetFactory.Build(Config);
        foreach (var weight in built.parameters())
            weight.copy_(randn(weight.shape, generator: generator) * Real(0.2));
        return built;
    }

    private static Tensor Rows(int[] rows, params long[] shape)
    {
        using var noise = new RowNoise([.. rows.Select(row => row + 100L)]);
        using var like = empty([rows.Length, .. shape]);
        return noise.Draw(like);
    }

    private static Tensor Mask(int rows)
    {
        var mask = zeros(rows, 1, Side, Side);
        mask.narrow(3, 0, Side / 2).fill_(Real(1));
        return mask;
    }
}
