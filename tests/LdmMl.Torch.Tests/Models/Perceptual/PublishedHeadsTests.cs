using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Models.Perceptual;

/// <summary>The published heads, over trunks with random weights.</summary>
public sealed class PublishedHeadsTests : IDisposable
{
    private readonly PerceptualFilesOfTests files = new();

    public void Dispose() => files.Dispose();

    [RealDataTheory]
    [InlineData("alex", 1_152)]
    [InlineData("squeeze", 2_240)]
    [InlineData("vgg", 1_472)]
    public void Heads_are_read_from_the_published_file(string net, long channels)
    {
        using var scope = NewDisposeScope();
        var trunk = net switch { "alex" => PerceptualTrunkConfig.AlexNet, "squeeze" => PerceptualTrunkConfig.SqueezeNet, _ => PerceptualTrunkConfig.Vgg16 };
        var path = files.Trunk(trunk);
        using var bare = PerceptualModel.LoadUncalibrated(path);

        using var model = PerceptualModel.LoadLpips(path, Path.Combine(RealData.SharedData!, "lpips-heads", $"v0.1_{net}.pth"));

        Assert.True(model.LoadReport.IsExact);
        Assert.Equal(bare.ParameterCount + channels, model.ParameterCount);
        Assert.All(Enumerable.Range(0, trunk.LayerChannels.Count), layer => Assert.True(model.Network.Head(layer)!.min().item<float>() >= 0));
        Assert.True(model.Distance(PerceptualFilesOfTests.Images(1, 1, 3, 32, 32), PerceptualFilesOfTests.Images(2, 1, 3, 32, 32), PixelRange.ZeroToOne).item<float>() > 0);
    }
}
