using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Models.Autoencoders;

/// <summary>
/// Nothing waits for the finalizer. <c>Tensor.TotalCount</c> cannot be used for this: TorchSharp 0.107 counts each tensor that becomes a
/// parameter twice and its disposal once, so that it rises by one per parameter although no handle is left (as the last test shows).
/// </summary>
public sealed class AutoencoderLeakTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("leaks-").FullName;

    public static TheoryData<string> Kinds() => ["kl", "vq", "tiny"];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Creating_leaks_no_tensor(string kind) =>
        AssertNothingLeft(() => SmallModels.Create(kind).Dispose());

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Sharing_leaks_no_tensor(string kind)
    {
        using var model = SmallModels.Create(kind);
        AssertNothingLeft(() =>
        {
            model.Share().Dispose();
            model.WithLatentScale(0.5).Dispose();
        });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Converting_to_half_precision_leaks_no_tensor(string kind)
    {
        using var model = SmallModels.Create(kind);
        AssertNothingLeft(() => model.To(CPU, ModelPrecision.BFloat16).Dispose());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Saving_leaks_no_tensor(string kind)
    {
        using var model = SmallModels.Create(kind);
        AssertNothingLeft(() => model.Save(Path.Combine(folder, "model")));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Opening_a_saved_folder_leaks_no_tensor(string kind)
    {
        var path = Path.Combine(folder, "model");
        using (var model = SmallModels.Create(kind))
            model.Save(path);
        AssertNothingLeft(() => AutoencoderModel.Load(path).Dispose());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Listing_parameters_and_state_leaks_no_tensor(string kind)
    {
        using var model = SmallModels.Create(kind);
        AssertNothingLeft(() => Assert.NotEmpty(model.Network.parameters().Concat(model.Network.state_dict().Values)));
    }

    [Fact]
    public void A_tensor_that_becomes_a_parameter_transfers_its_only_handle()
    {
        var data = empty(3);
        using var parameter = new Parameter(data);

        Assert.True(data.IsInvalid);
        Assert.False(parameter.IsInvalid);
        AssertNothingLeft(() => new Parameter(empty(3)).Dispose());
    }

    private static void AssertNothingLeft(Action action)
    {
        action();
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        action();
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }
}
