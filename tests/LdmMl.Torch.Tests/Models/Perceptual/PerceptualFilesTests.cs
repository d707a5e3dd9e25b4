using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Models.Perceptual;

public sealed class PerceptualFilesTests : IDisposable
{
    private readonly PerceptualFilesOfTests files = new();

    public void Dispose() => files.Dispose();

    [Fact]
    public void A_trunk_in_VGGs_style_is_recognised_by_its_keys()
    {
        using var model = files.Small();

        Assert.Equal("uncalibrated perceptual distance (trunk)", model.Name);
        Assert.False(model.IsCalibrated);
        Assert.Equal(["relu1_2", "relu2_1", "relu3_2"], model.LayerNames);
        Assert.Equal([8, 12, 16], model.Trunk.LayerChannels);
        Assert.Equal(4, model.MinimumSize);
        Assert.Equal(6_760, model.ParameterCount);
    }

    [Theory]
    [InlineData(LpipsVersion.V01, "LPIPS 0.1 (SqueezeNet 1.1)")]
    [InlineData(LpipsVersion.V00, "LPIPS 0.0 (SqueezeNet 1.1)")]
    public void One_file_holds_trunk_heads_and_description(LpipsVersion version, string name)
    {
        using var scope = NewDisposeScope();
        using var model = files.Lpips(PerceptualTrunkConfig.SqueezeNet, version);
        model.Save(files.PathOf("lpips.safetensors"));

        using var opened = PerceptualModel.Load(files.PathOf("lpips.safetensors"));

        Assert.Equal((name, version, true, true), (opened.Name, opened.Version, opened.IsCalibrated, opened.LoadReport.IsExact));
        AssertSame(model, opened, 32);
    }

    [Fact]
    public void A_combined_file_of_an_uncalibrated_model_opens_as_such()
    {
        using var scope = NewDisposeScope();
        using var model = files.Small();
        model.Save(files.PathOf("small.safetensors"));

        using var opened = PerceptualModel.Load(files.PathOf("small.safetensors"));
        using var asTrunk = PerceptualModel.LoadUncalibrated(files.PathOf("small.safetensors"));

        Assert.Equal((model.Name, null, false), (opened.Name, opened.Version, opened.IsCalibrated));
        Assert.Equal(model.Name, asTrunk.Name);
        AssertSame(model, opened, 16);
    }

    [Fact]
    public void A_stream_has_the_content_of_the_file()
    {
        using var scope = NewDisposeScope();
        using var model = files.Small();
        using var stream = new MemoryStream();
        model.Write(stream);
        stream.Position = 0;

        using var opened = PerceptualModel.Read(stream, "model.zip");

        Assert.Equal("model.zip", opened.Source);
        AssertSame(model, opened, 16);
    }

    [Theory]
    [InlineData("trunk.zip.pth")]
    [InlineData("trunk.legacy.pth")]
    public void A_trunk_opens_from_both_formats_of_torch_save_and_its_classifier_is_reported_as_unused(string file)
    {
        using var scope = NewDisposeScope();
        var folder = Path.Combine(RealData.Repository, "tests", "LdmMl.Torch.Tests", "Goldens", "perceptual-trunks");
        using var model = PerceptualModel.LoadUncalibrated(Path.Combine(folder, file));

        // As in make.py next to the files.
        var grid = arange(Whole(3 * 16 * 16), dtype: ScalarType.Float64).reshape(1, 3, 16, 16);
        var (a, b) = (grid.sin().to(ScalarType.Float32), (grid * Real(0.5)).cos().to(ScalarType.Float32));
        var expected = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "distance.json")))!["distance"]!.GetValue<double>();

        Assert.Equal(expected, model.Distance(a, b, PixelRange.MinusOneToOne).item<float>(), 2e-6);
        Assert.Equal(["classifier.0.bias", "classifier.0.weight", "classifier.3.bias", "classifier.3.weight"], model.LoadReport.Unexpected.Order(StringComparer.Ordinal));
    }

    private static void AssertSame(PerceptualModel expected, PerceptualModel actual, long side)
    {
        var (a, b) = (PerceptualFilesOfTests.Images(1, 2, 3, side, side), PerceptualFilesOfTests.Images(2, 2, 3, side, side));
        Assert.Equal(expected.Distance(a, b, PixelRange.ZeroToOne).data<float>(), actual.Distance(a, b, PixelRange.ZeroToOne).data<float>());
    }
}
