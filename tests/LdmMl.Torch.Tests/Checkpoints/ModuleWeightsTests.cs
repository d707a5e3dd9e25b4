using LdmMl.Torch.Checkpoints;
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

    private static StateDictionary Weights(ScalarType type, params (string Key, long[] Shape)[] items)
    {
        var weights = new StateDictionary();
        foreach (var (key, shape) in items)
            weights.Add(key, full(shape, Real(0.5), dtype: type));
        return weights;
    }
}
