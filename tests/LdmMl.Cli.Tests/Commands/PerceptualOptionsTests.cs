using LdmMl.Cli.Commands;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Published;
using LdmMl.Torch.Models.Perceptual;
using static TorchSharp.torch;

namespace LdmMl.Cli.Tests.Commands;

public sealed class PerceptualOptionsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("ldmml-perceptual-").FullName;

    private WeightCache Cache => new(Path.Combine(folder, "weights"));

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Without_either_option_there_is_no_distance() => Assert.Null(PerceptualOptions.Load(null, null));

    [Fact]
    public void A_network_that_is_not_in_the_cache_is_named_with_the_command_that_downloads_it()
    {
        var error = Assert.Throws<FileNotFoundException>(() => PerceptualOptions.Load("vgg", null, cache: Cache));

        Assert.StartsWith(
            $"--lpips vgg needs published weights, and in '{Cache.Folder}' vgg16-397923af.pth is missing and lpips-v0.1-vgg.pth is missing. " +
            "Run 'ldmml weights download vgg', or, without a connection, fetch https://download.pytorch.org/models/vgg16-397923af.pth and https://",
            error.Message, StringComparison.Ordinal);
        Assert.EndsWith(
            "/lpips/weights/v0.1/vgg.pth on another machine and run 'ldmml weights import FOLDER'.", error.Message, StringComparison.Ordinal);
    }

    [RealDataFact]
    public void Only_the_missing_files_of_a_network_are_named()
    {
        Cache.Import(Path.Combine(RealData.SharedData!, "lpips-heads"));
        File.WriteAllText(Path.Combine(Cache.Folder, "alexnet-owt-7be5be79.pth"), "page");

        var error = Assert.Throws<FileNotFoundException>(() => PerceptualOptions.Load("alex", null, cache: Cache));

        Assert.Contains(
            "alexnet-owt-7be5be79.pth is damaged: it has 4 bytes instead of 244,408,911. Run 'ldmml weights " +
            "download alex'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("lpips-v0.1-alex.pth", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vgg", "file", "--lpips and --perceptual are two distances; give one of them.")]
    [InlineData(null, "alex", "--perceptual is 'alex', the name of a net of LPIPS; give it as --lpips.")]
    public void Wrong_use_is_refused_with_an_explanation(string? lpips, string? perceptual, string sentence) =>
        Assert.Equal(sentence, Assert.Throws<ArgumentException>(() => PerceptualOptions.Load(lpips, perceptual)).Message);

    [Theory]
    [InlineData("resnet", null, "--lpips names 'resnet', which does not exist; it takes vgg, alex, squeeze, or files.")]
    [InlineData("a.pth,b.pth", null, "--lpips names 'a.pth', which does not exist; it takes vgg, alex, squeeze, or files.")]
    [InlineData(null, "nowhere", "--perceptual names 'nowhere', which does not exist.")]
    public void A_missing_file_is_named(string? lpips, string? perceptual, string sentence) =>
        Assert.Equal(sentence, Assert.Throws<FileNotFoundException>(() => PerceptualOptions.Load(lpips, perceptual)).Message);

    [Fact]
    public void Trunk_without_heads_is_a_perceptual_distance_and_not_lpips()
    {
        var combined = Path.Combine(folder, "combined.safetensors");
        using (var model = PerceptualOptions.Load(null, WriteTrunk())!)
        {
            Assert.False(model.IsCalibrated);
            model.Save(combined);
        }

        using var again = PerceptualOptions.Load(null, combined);
        var error = Assert.Throws<ArgumentException>(() => PerceptualOptions.Load(combined, null));

        Assert.False(again!.IsCalibrated);
        Assert.Equal($"--lpips is '{combined}', which contains an uncalibrated distance and so is not LPIPS; give it as --perceptual.", error.Message);
    }

    // The smallest VGG-style network: one convolution.
    private string WriteTrunk()
    {
        using var scope = NewDisposeScope();
        var path = Path.Combine(folder, "trunk.safetensors");
        SafetensorsFile.Write(path, new Dictionary<string, Tensor> { ["features.0.weight"] = ones(4, 3, 3, 3), ["features.0.bias"] = zeros(4) });
        return path;
    }
}
