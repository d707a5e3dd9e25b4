using System.Globalization;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Diffusion;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Diffusion;

public class RowNoiseTests
{
    private static readonly long[] Seeds = [0, 1, -1, long.MaxValue, long.MinValue, 1234567890123];

    [Fact]
    public void A_rows_draws_are_consecutive_draws_of_its_own_generator()
    {
        using var scope = NewDisposeScope();
        using var noise = new RowNoise(Seeds);
        var state = zeros(Seeds.Length, 3, 5, 7);
        var (first, second) = (noise.Draw(state), noise.Draw(state));

        for (var row = 0; row < Seeds.Length; row++)
        {
            using var generator = new Generator(unchecked((ulong)Seeds[row]), CPU);
            Assert.Equal(randn([1, 3, 5, 7], generator: generator).data<float>().ToArray(), first[row].data<float>().ToArray());
            Assert.Equal(randn([1, 3, 5, 7], generator: generator).data<float>().ToArray(), second[row].data<float>().ToArray());
        }
    }

    [Fact]
    public void A_seeds_noise_is_bit_identical_to_PyTorchs()
    {
        var folder = Path.Combine(RealData.Repository, "tests", "LdmMl.Torch.Tests", "Goldens", "row-noise");
        using var scope = NewDisposeScope();
        using var recorded = SafetensorsFile.Read(Path.Combine(folder, "noise.safetensors"));
        var draws = recorded.Select(pair => (Name: pair.Key.Split('.'), Expected: pair.Value)).GroupBy(draw => draw.Name[0]);

        Assert.All(draws, seed =>
        {
            using var noise = new RowNoise([long.Parse(seed.Key, CultureInfo.InvariantCulture)]);
            foreach (var (name, expected) in seed.OrderBy(draw => int.Parse(draw.Name[1], CultureInfo.InvariantCulture)))
                Assert.True(noise.Draw(expected).bytes.SequenceEqual(expected.bytes), $"seed {seed.Key}, draw {name[1]}");
        });
    }

    [Fact]
    public void Noise_has_the_type_of_the_state_and_the_same_values()
    {
        using var scope = NewDisposeScope();
        using var single = new RowNoise([7]);
        using var half = new RowNoise([7]);

        var expected = single.Draw(zeros(1, 4, 2, 2)).to(ScalarType.BFloat16);

        Assert.True(expected.equal(half.Draw(zeros([1, 4, 2, 2], ScalarType.BFloat16))).all().item<bool>());
    }

    [Fact]
    public void Only_the_noise_remains_alive()
    {
        using var state = zeros(2, 3, 4, 4);
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        using (var noise = new RowNoise([1, 2]))
            noise.Draw(state).Dispose();

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void A_batch_that_does_not_match_the_seeds_is_refused()
    {
        using var noise = new RowNoise([1, 2]);
        using var state = zeros(3, 1, 1, 1);

        var batch = Assert.Throws<ArgumentException>(() => noise.Draw(state));
        var seeds = Assert.Throws<ArgumentException>(() => new RowNoise([]));

        Assert.StartsWith("The batch is [3, 1, 1, 1], but there are 2 seeds; give one per row.", batch.Message, StringComparison.Ordinal);
        Assert.StartsWith("There are no seeds; give one per row.", seeds.Message, StringComparison.Ordinal);
    }
}
