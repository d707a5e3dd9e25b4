using LdmMl.Torch.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Checkpoints;

public sealed class StateDictionaryTests
{
    [Fact]
    public void Tensors_outlive_their_scope_and_are_disposed_with_the_dictionary()
    {
        var live = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        var weights = new StateDictionary();
        using (NewDisposeScope())
            weights.Add("x", ones(2));

        Assert.Equal(2f, weights["x"].sum().item<float>());
        weights.Dispose();

        Assert.Empty(weights);
        Assert.InRange(DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount - live, 0, 1);   // the sum
    }

    [Fact]
    public void A_prefix_is_selected_and_stripped_and_the_parts_are_disposed_in_any_order()
    {
        var weights = new StateDictionary(new Dictionary<string, string> { ["format"] = "pt" });
        weights.Add("first_stage_model.x", ones(2));
        weights.Add("model.y", ones(3));

        using var part = weights.Select("first_stage_model.");
        weights.Dispose();

        Assert.Equal("x", Assert.Single(part.Keys));
        Assert.Equal([2], part["x"].shape);
        Assert.Equal(1f, part["x"].data<float>()[1]);
        Assert.Equal("pt", part.Metadata["format"]);
    }

    [Fact]
    public void A_key_cannot_be_used_twice()
    {
        using var weights = new StateDictionary();
        using var second = ones(1);
        weights.Add("x", ones(1));
        weights.Add("y", ones(1));

        Assert.StartsWith("The key 'x' exists already.", Assert.Throws<ArgumentException>(() => weights.Add("x", second)).Message, StringComparison.Ordinal);
        Assert.Equal("Two tensors get the key 'z'.", Assert.Throws<ArgumentException>(() => weights.Rename(_ => "z")).Message);
    }
}
