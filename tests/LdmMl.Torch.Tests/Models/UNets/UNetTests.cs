using LdmMl.Torch.Models.UNets;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Models.UNets;

public class UNetTests
{
    public static TheoryData<string> Kinds() => [.. SmallUNets.Kinds.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_weight_gets_a_gradient(string kind)
    {
        using var scope = NewDisposeScope();
        using var network = SmallUNets.Build(kind);
        network.train();
        var (states, times, conditions) = SmallUNets.Inputs(network.Config, [0, 1], 4, 4);

        network.Predict(states, times, conditions).pow(Whole(2)).mean().backward();

        var idle = network.named_parameters().Where(pair => pair.parameter.grad is null || pair.parameter.grad.abs().max().item<float>() == 0);
        var last = network.Config.CodebookSize is null ? "id_predictor" : "out.";
        Assert.DoesNotContain(idle, pair => !pair.name.StartsWith(last, StringComparison.Ordinal) && !pair.name.Contains("label_emb", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_prediction_leaks_nothing(string kind)
    {
        using var network = SmallUNets.Build(kind);
        Predict(network);

        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        Predict(network);

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void A_new_network_predicts_zero_and_the_same_seed_gives_the_same_weights()
    {
        using var scope = NewDisposeScope();
        using var one = UNetFactory.Build(SmallUNets.Kinds["context"]);
        using var two = UNetFactory.Build(SmallUNets.Kinds["context"]);
        UNetFactory.Initialize(one, 7);
        UNetFactory.Initialize(two, 7);
        var (states, times, conditions) = SmallUNets.Inputs(one.Config, [0], 4, 4);

        using var noGradient = no_grad();
        Assert.Equal(0, one.Predict(states, times, conditions).abs().max().item<float>());
        var others = two.state_dict();
        Assert.All(one.state_dict(), pair => Assert.True(pair.Value.equal(others[pair.Key]).all().item<bool>(), pair.Key));
    }

    private static void Predict(UNet network)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var (states, times, conditions) = SmallUNets.Inputs(network.Config, [0, 1], 4, 4);
        network.Predict(states, times, conditions);
    }
}
