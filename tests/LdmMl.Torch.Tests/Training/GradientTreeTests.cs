using LdmMl.Torch.Distributed;
using LdmMl.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Training;

public sealed class GradientTreeTests
{
    // Sums of these depend on their order.
    private static readonly float[] Values = [1e8f, 1, -1e8f, 3, 0.1f, 7e-9f, 5e7f, 0.3f];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(8)]
    public void Neighbours_are_added_first(int batches)
    {
        using var scope = NewDisposeScope();
        var parameter = nn.Parameter(zeros(3));
        using var tree = new GradientTree(OneProcess.Instance, batches, [parameter]);

        var reports = Compute(tree, parameter, Values[..batches]);

        var expected = batches == 3 ? (Values[0] + Values[1]) + Values[2] : Tree(Values[..batches]);
        Assert.Equal([expected, expected, expected], parameter.grad!.data<float>().ToArray());
        Assert.Equal(Values[..batches].Select(value => (double)value), reports.Select(report => report.Loss));
    }

    [Fact]
    public void Branches_of_several_processes_make_the_same_tree()
    {
        using var scope = NewDisposeScope();
        var alone = nn.Parameter(zeros(5));
        using (var tree = new GradientTree(OneProcess.Instance, batches: 8, [alone]))
            Compute(tree, alone, Values);

        var branches = new float[4];
        for (var rank = 0; rank < 4; rank++)
        {
            var parameter = nn.Parameter(zeros(5));
            using var tree = new GradientTree(OneProcess.Instance, batches: 2, [parameter]);
            Compute(tree, parameter, Values[(2 * rank)..(2 * rank + 2)]);
            branches[rank] = parameter.grad![0].item<float>();
        }

        Assert.Equal(Tree(branches), alone.grad![0].item<float>());
    }

    [Fact]
    public void A_parameter_without_a_gradient_stays_without_one()
    {
        using var scope = NewDisposeScope();
        var (used, unused) = (nn.Parameter(zeros(2)), nn.Parameter(zeros(2)));
        using var tree = new GradientTree(OneProcess.Instance, batches: 2, [unused, used]);

        Compute(tree, used, [1, 2]);

        Assert.Null(unused.grad);
        Assert.Equal([3, 3], used.grad!.data<float>().ToArray());
    }

    [Fact]
    public void Statistics_become_the_mean_of_what_each_batch_made_of_them()
    {
        using var scope = NewDisposeScope();
        var parameter = nn.Parameter(zeros(1));
        var (statistic, count) = (tensor([10f]), tensor(5L));
        using var tree = new GradientTree(OneProcess.Instance, batches: 2, [parameter], [statistic, count]);

        tree.Compute<float>([new(1, 0, true), new(3, 1, true)], step: 1, part =>
        {
            parameter.grad = ones(1);
            Assert.Equal(10, statistic[0].item<float>());
            statistic.add_(Real(part.Value));
            count.add_(Whole(1));
            return Report(part.Value);
        }, _ => { });

        Assert.Equal((12, 7L), (statistic[0].item<float>(), count.item<long>()));
    }

    [Fact]
    public void No_tensor_is_left_over()
    {
        using var scope = NewDisposeScope();
        var parameter = nn.Parameter(zeros(4));
        var statistic = tensor([1f]);
        using var tree = new GradientTree(OneProcess.Instance, batches: 8, [parameter], [statistic]);
        Compute(tree, parameter, Values);
        parameter.grad = null;
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

        for (var step = 0; step < 3; step++)
        {
            using var each = NewDisposeScope();
            Compute(tree, parameter, Values);
            parameter.grad = null;
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    private static IReadOnlyList<TrainingStep> Compute(GradientTree tree, TorchSharp.Modules.Parameter parameter, float[] values) => tree.Compute(
        values.Select((value, index) => new MicroBatch<float>(value, index, IsOwn: true)), step: 1, part =>
        {
            using var scope = NewDisposeScope();
            (parameter * Real(part.Value)).sum().backward();
            return Report(part.Value);
        }, _ => throw new InvalidOperationException());

    private static TrainingStep Report(double loss) => new() { Step = 1, Loss = loss, Terms = [], Logged = new Dictionary<string, double>(), GradientNorm = 0, LearningRate = 0 };

    private static float Tree(float[] values) =>
        values.Length == 1 ? values[0] : Tree(values[..(values.Length / 2)]) + Tree(values[(values.Length / 2)..]);
}
