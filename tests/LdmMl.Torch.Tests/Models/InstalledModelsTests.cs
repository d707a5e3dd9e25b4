using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tests.Training;

namespace LdmMl.Torch.Tests.Models;

public sealed class InstalledModelsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string? before = Environment.GetEnvironmentVariable(InstalledModels.FoldersVariable);

    public InstalledModelsTests() => Environment.SetEnvironmentVariable(InstalledModels.FoldersVariable, folder.Path);

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(InstalledModels.FoldersVariable, before);
        folder.Dispose();
    }

    [Theory]
    [InlineData("tiny-of-a-test")]
    [InlineData("Tiny-Of-A-Test")]
    public void A_model_opens_by_the_name_of_its_folder(string name)
    {
        using var saved = TinyModels.Kl();
        saved.Save(folder.File(Path.Combine("tiny-of-a-test", "autoencoder")));

        using var opened = AutoencoderModel.Load(name);

        Assert.Equal(saved.ComputeWeightHash(), opened.ComputeWeightHash());
    }

    [Fact]
    public void Models_are_listed_by_name_and_kind_with_their_paths()
    {
        Directory.CreateDirectory(folder.File("zebra-of-a-test/diffusion"));
        Directory.CreateDirectory(folder.File("ant-of-a-test/autoencoder"));
        Directory.CreateDirectory(folder.File("ant-of-a-test/something else"));
        File.WriteAllText(folder.File("ant-of-a-test/perceptual.safetensors"), "");

        Assert.Equal(
            [
                new InstalledModel("ant-of-a-test", InstalledModelKind.Autoencoder, folder.File("ant-of-a-test/autoencoder")),
                new InstalledModel("ant-of-a-test", InstalledModelKind.Perceptual, folder.File("ant-of-a-test/perceptual.safetensors")),
                new InstalledModel("zebra-of-a-test", InstalledModelKind.Diffusion, folder.File("zebra-of-a-test/diffusion")),
            ],
            InstalledModels.List().Where(model => model.Path.StartsWith(folder.Path, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("nothing-of-a-test")]
    [InlineData("./tiny-of-a-test")]
    public void An_unknown_name_is_reported_as_a_missing_path(string path)
    {
        Directory.CreateDirectory(folder.File("tiny-of-a-test/autoencoder"));

        Assert.Equal(path, Assert.Throws<CheckpointException>(() => AutoencoderModel.Load(path)).Path);
    }

    [Fact]
    public void An_existing_path_takes_precedence_over_a_name() =>
        Assert.Equal(folder.Path, InstalledModels.Resolve(folder.Path, InstalledModelKind.Autoencoder));
}
