using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Generation;

/// <summary>Nothing waits for the finalizer.</summary>
public sealed class GenerationLeakTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("generation-leaks-").FullName;

    public static TheoryData<string> Kinds() => SmallDiffusion.Kinds();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Generating_saving_opening_sharing_and_converting_leak_no_tensor(string kind)
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create(kind);
        var batch = SmallDiffusion.Batch(model.Config, 1, 2);
        var path = Path.Combine(folder, "model");

        AssertNothingLeft(() => model.Generate(batch).Dispose(), "generating");
        AssertNothingLeft(() => model.Share().Dispose(), "sharing");
        AssertNothingLeft(() => model.To(CPU, ModelPrecision.BFloat16).Dispose(), "converting");
        AssertNothingLeft(() => model.Save(path), "saving");
        AssertNothingLeft(() => LatentDiffusionModel.Load(path).Dispose(), "opening");
    }

    [Fact]
    public void Image_to_image_inpainting_guidance_and_failures_leak_no_tensor()
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create("labels");
        var batch = SmallDiffusion.Batch(model.Config, 1, 2) with { InitialImages = zeros(2, 3, 16, 16), Masks = SmallDiffusion.Mask(2, 16, 16) };
        var settings = new GenerationSettings { Strength = 0.5, GuidanceScale = 2, GuidanceRescale = 0.5 };

        AssertNothingLeft(() => model.Generate(batch, settings).Dispose(), "inpainting");
        AssertNothingLeft(
            () => Assert.Throws<OperationCanceledException>(() => model.Generate(batch, settings, new StepProgress(_ => throw new OperationCanceledException()))),
            "failing");
        AssertNothingLeft(() => Assert.Throws<OptionException>(() => model.Generate(batch with { Labels = [7, 8] })), "refusing");
        AssertNothingLeft(() => SmallDiffusion.Create("labels").Dispose(), "creating");
        foreach (var rule in Enum.GetValues<ImageRule>())
            AssertNothingLeft(() => model.Generate(batch, settings with { ImageRule = rule }).Dispose(), $"{rule}");
        AssertNothingLeft(
            () => model.Generate(batch, settings with { GuidanceInterval = new GuidanceInterval { LowestSigma = 1 } }).Dispose(), "guiding at some levels");
    }

    private static void AssertNothingLeft(Action act, string doing)
    {
        act();   // libtorch and the runtime keep some memory permanently
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        act();
        Assert.True(before == DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount, doing);
    }
}
