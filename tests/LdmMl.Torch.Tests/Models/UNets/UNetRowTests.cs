using LdmMl.Torch.Models.UNets;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Models.UNets;

/// <summary>A row's bits do not depend on the other rows of the batch.</summary>
public class UNetRowTests
{
    public static TheoryData<string, int, int> Cases()
    {
        var cases = new TheoryData<string, int, int>();
        foreach (var kind in SmallUNets.Kinds.Keys)
        {
            foreach (var (height, width) in new[] { (2, 2), (6, 4), (16, 16) })
                cases.Add(kind, height, width);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_row_has_the_same_bits_alone_and_in_every_batch(string kind, int height, int width)
    {
        using var scope = NewDisposeScope();
        using var network = SmallUNets.Build(kind);
        using var inference = inference_mode();
        var alone = Enumerable.Range(0, 17).Select(row => Predict(network, [row], height, width)).ToArray();

        foreach (var rows in new int[][] { [0, 1], [2, 0, 1], [4, 3, 2, 1, 0], [.. Enumerable.Range(0, 7)], [.. Enumerable.Range(0, 17)] })
        {
            var together = Predict(network, rows, height, width);
            for (var i = 0; i < rows.Length; i++)
                Assert.True(together[i].equal(alone[rows[i]][0]).all().item<bool>(), $"row {rows[i]} in a batch of {rows.Length}");
        }
    }

    private static Tensor Predict(UNet network, int[] rows, int height, int width)
    {
        var (states, times, conditions) = SmallUNets.Inputs(network.Config, rows, height, width);
        return network.Predict(states, times, conditions);
    }
}
