using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Checkpoints;

public sealed class ModuleWeightsTests
{
    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float64)]
    public void Values_are_converted_to_the_modules_type_without_leaks(ScalarType type)
    {
        using var module = nn.Linear(2, 3);
        using var weights = Weights(type, ("weight", [3, 2]), ("bias", [3]));
        module.weight!.requires_grad = true;
        var live = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

        var report = weights.LoadInto(module, "memory");

        Assert.True(report.IsExact);
        Assert.Equal(live, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        Assert.Equal(ScalarType.Float32, module.weight.dtype);
        Assert.Equal(0.5f, module.weight.data<float>()[5]);
        Assert.True(module.weight.requires_grad);
    }

    [Fact]
    public void Every_missing_unexpected_and_wrong_key_is_named_and_nothing_is_changed()
    {
        using var module = nn.Linear(2, 3);
        var before = module.weight!.data<float>().ToArray();
        using var weights = Weights(ScalarType.Float32, ("weight", [2, 3]), ("loss.logvar", []), ("scale", [1]));

        var error = Assert.Throws<CheckpointException>(() => weights.LoadInto(module, "model.ckpt", "loss."));

        Assert.Equal(
            "Checkpoint 'model.ckpt': its keys are not those of the model. Missing (1): bias. Unexpected (1): scale. Wrong shape (1): weight: has [2, 3], needs [3, 2].",
            error.Message);
        Assert.Equal(before, module.weight.data<float>().ToArray());
    }

    [Fact]
    public void Keys_under_optional_prefixes_are_reported_without_error()
    {
        using var module = nn.Linear(2, 3);
        using var weights = Weights(ScalarType.Float32, ("weight", [3, 2]), ("loss.logvar", []));

        var report = weights.LoadInto(module, "model.ckpt", "loss.", "bias");

        Assert.Equal(["bias"], report.Missing);
        Assert.Equal(["loss.logvar"], report.Unexpected);
        Assert.Empty(report.WrongShape);
    }

    [Fact]
    public void Weights_that_are_taken_over_share_their_memory_and_outlive_the_dictionary()
    {
        using var module = nn.Linear(2, 3);
        var weights = Weights(ScalarType.Float32, ("weight", [3, 2]), ("bias", [3]));
        using var alias = weights["weight"].alias();
        var report = ModuleWeights.TakeOver(module, weights, "memory");
        weights.Dispose();
        using (no_grad())
            alias.fill_(Real(7));

        Assert.True(report.IsExact);
        Assert.Equal(7f, module.weight!.data<float>()[5]);
    }

    [Fact]
    public void Memory_that_two_keys_share_is_copied_for_the_second()
    {
        using var module = nn.Sequential(("a", nn.Linear(4, 4, hasBias: false)), ("b", nn.Linear(4, 4, hasBias: false)));
        using var weights = Weights(ScalarType.Float32, ("storage", [5, 4]));
        using var tied = new StateDictionary();
        tied.Add("a.weight", weights["storage"].narrow(0, 0, 4));
        tied.Add("b.weight", weights["storage"].narrow(0, 1, 4));
        ModuleWeights.TakeOver(module, tied, "memory");
        using (no_grad())
            module.parameters().First().zero_();

        Assert.Equal(0.5f, module.parameters().Last().data<float>()[0]);
    }

    [Theory]
    [InlineData(1024, ScalarType.Float32)]
    [InlineData(8192, ScalarType.Float16)]    // 64 MiB
    public void Only_a_large_network_keeps_float16(long width, ScalarType expected)
    {
        var layer = new LinearProjection(4096, (int)width, bias: false);
        using var network = nn.Sequential(("only", layer));
        using var weights = Weights(ScalarType.Float16, ("only.weight", [width, 4096]));
        ModuleWeights.TakeOver(network, weights, "memory");

        Assert.Equal(expected, layer.Weight.dtype);
        Assert.Equal(ScalarType.Float32, layer.Format);
        Assert.Equal(0.5f, layer.Weight[0, 0].to(ScalarType.Float32).item<float>());
    }

    private static StateDictionary Weights(ScalarType type, params (string Key, long[] Shape)[] items)
    {
        var weights = new StateDictionary();
        foreach (var (key, shape) in items)
            weights.Add(key, full(shape, Real(0.5), dtype: type));
        return weights;
    }
}
