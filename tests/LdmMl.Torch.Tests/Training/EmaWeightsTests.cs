using LdmMl.Torch.Arguments;
using LdmMl.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Training;

public class EmaWeightsTests
{
    [Fact]
    public void Applying_the_averages_swaps_them_in_and_disposing_restores_the_weights_bit_for_bit()
    {
        using var scope = NewDisposeScope();
        var network = nn.Linear(3, 2);
        using var ema = new EmaWeights(network.parameters(), decay: 0.5, warmsUp: false);
        Move(network);
        ema.Update();
        var (trained, averaged) = (Values(network), ema.Averages.SelectMany(average => average.data<float>().ToArray()).ToArray());

        using (ema.Apply())
            Assert.Equal(averaged, Values(network));
        Assert.Equal(trained, Values(network));
        Assert.NotEqual(trained, averaged);
    }

    [Fact]
    public void Copying_the_averages_keeps_them_in_the_network()
    {
        using var scope = NewDisposeScope();
        var network = nn.Linear(3, 2);
        using var ema = new EmaWeights(network.parameters());
        var start = Values(network);
        Move(network);
        ema.CopyToWeights();

        Assert.Equal(start, Values(network));
    }

    [Fact]
    public void While_the_averages_are_applied_neither_updates_nor_a_second_application_are_possible()
    {
        using var scope = NewDisposeScope();
        using var ema = new EmaWeights(nn.Linear(3, 2).parameters());
        using var applied = ema.Apply();
        Assert.Throws<InvalidOperationException>(ema.Update);
        Assert.Throws<InvalidOperationException>(ema.Apply);
        Assert.Throws<InvalidOperationException>(ema.CopyToWeights);
    }

    [Fact]
    public void A_decay_above_one_is_refused() =>
        Assert.Equal("decay is 2; it must be in [0, 1].", Assert.Throws<OptionException>(() => new EmaWeights([], decay: 2)).Message);

    private static void Move(nn.Module network)
    {
        using var noGradient = no_grad();
        foreach (var parameter in network.parameters())
            parameter.add_(ones_like(parameter), Whole(1));
    }

    private static float[] Values(nn.Module network) => [.. network.parameters().SelectMany(parameter => parameter.data<float>().ToArray())];
}
