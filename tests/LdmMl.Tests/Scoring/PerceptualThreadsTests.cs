using LdmMl.Tests.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using TorchSharp;

namespace LdmMl.Tests.Scoring;

/// <summary>Changes the number of threads of the whole process, and counts its tensors: no other test runs at the same time.</summary>
[Collection(nameof(Alone))]
public class PerceptualThreadsTests
{
    [Fact]
    public void Scores_are_bit_identical_with_one_thread_and_with_two()
    {
        using var model = PairRows.SmallModel();
        var rows = PairRows.CreateRepeating(3, 1, 2);
        string[] Score() => [.. PairRows.Score(model, rows).Select(row => row.ToString())];
        var wanted = Score();
        var threads = torch.get_num_threads();
        try
        {
            torch.set_num_threads(threads == 1 ? 2 : 1);
            Assert.Equal(wanted, Score());
        }
        finally
        {
            torch.set_num_threads(threads);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_tensor_leaks(bool prefetch)
    {
        using var model = PairRows.SmallModel();
        PairRows.Row[] rows = [.. PairRows.Create(6), .. PairRows.CreateRepeating(3, 1)];
        var options = PairRows.Options with { Prefetch = prefetch };
        PairRows.Score(model, rows, options);
        LeakTests.FinalizeWhatEarlierTestsLeft();
        var before = torch.Tensor.TotalCount;
        PairRows.Score(model, rows, options);
        Assert.Equal(before, torch.Tensor.TotalCount);
    }
}
