using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Models;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Models.Perceptual;

/// <summary>Nothing waits for the finalizer.</summary>
public sealed class PerceptualLeakTests : IDisposable
{
    private readonly PerceptualFilesOfTests files = new();

    public void Dispose() => files.Dispose();

    [Theory]
    [InlineData(ModelPrecision.Float32, false)]
    [InlineData(ModelPrecision.Float32, true)]
    [InlineData(ModelPrecision.BFloat16, false)]
    public void Measuring_leaks_no_tensor(ModelPrecision precision, bool withGradient)
    {
        using var exact = files.Lpips(PerceptualTrunkConfig.SqueezeNet);
        using var lpips = exact.To(CPU, precision);
        using var whole = files.Small();
        using var small = whole.To(CPU, precision);
        using var images = PerceptualFilesOfTests.Images(1, 1, 3, 32, 32).requires_grad_(withGradient);
        using var others = PerceptualFilesOfTests.Images(2, 1, 3, 32, 32);
        foreach (var model in new[] { lpips, small })
        {
            AssertNothingLeft(() =>
            {
                model.Distance(images, others, PixelRange.ZeroToOne).Dispose();
                model.Distances(images, others, PixelRange.MinusOneToOne, spatial: true).Dispose();
                using var reference = model.Features(others, PixelRange.ZeroToOne);
                model.Distance(reference, images, PixelRange.ZeroToOne).Dispose();
            });
        }
    }

    [Fact]
    public void Opening_sharing_converting_and_saving_leak_no_tensor()
    {
        var (trunk, heads) = (files.Trunk(PerceptualTrunkConfig.SqueezeNet), files.Heads(PerceptualTrunkConfig.SqueezeNet));
        AssertNothingLeft(() =>
        {
            using var model = PerceptualModel.LoadLpips(trunk, heads);
            model.Share().Dispose();
            model.To(CPU, ModelPrecision.BFloat16).Dispose();
            model.Save(files.PathOf("saved.safetensors"));
            PerceptualModel.Load(files.PathOf("saved.safetensors")).Dispose();
        });
    }

    [Fact]
    public void A_model_outlives_the_scope_in_which_it_was_opened()
    {
        PerceptualModel model, rounded;
        using (NewDisposeScope())
        {
            model = files.Small();
            rounded = model.To(CPU, ModelPrecision.BFloat16);
        }

        using var images = PerceptualFilesOfTests.Images(1, 1, 3, 16, 16);
        using var first = model.Distance(images, images, PixelRange.ZeroToOne);
        using var second = rounded.Distance(images, images, PixelRange.ZeroToOne);
        Assert.Equal((0f, 0f), (first.item<float>(), second.item<float>()));
        model.Dispose();
        rounded.Dispose();
    }

    [Fact]
    public void Threads_share_a_model()
    {
        using var model = files.Small();
        using var images = PerceptualFilesOfTests.Images(1, 2, 3, 32, 32);
        using var others = PerceptualFilesOfTests.Images(2, 2, 3, 32, 32);
        using var expected = model.Distance(images, others, PixelRange.ZeroToOne);
        var values = expected.data<float>().ToArray();

        Parallel.For(0, 8, _ =>
        {
            using var actual = model.Distance(images, others, PixelRange.ZeroToOne);
            Assert.Equal(values, actual.data<float>().ToArray());
        });
    }

    private static void AssertNothingLeft(Action action)
    {
        action();
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        action();
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }
}
