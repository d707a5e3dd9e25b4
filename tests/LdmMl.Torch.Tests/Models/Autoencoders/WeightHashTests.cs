using System.Security.Cryptography;
using LdmMl.Torch.Models.Autoencoders;
using TorchSharp;

namespace LdmMl.Torch.Tests.Models.Autoencoders;

public sealed class WeightHashTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("hash-").FullName;

    public static TheoryData<string> Kinds() => ["kl", "vq", "tiny"];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_hash_equals_that_of_the_saved_file_and_survives_a_round_trip(string kind)
    {
        using var model = SmallModels.Create(kind);
        model.Save(folder);
        using var loaded = AutoencoderModel.Load(folder);

        var file = Path.Combine(folder, "vae", "diffusion_pytorch_model.safetensors");
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))), model.ComputeWeightHash());
        Assert.Equal(model.ComputeWeightHash(), loaded.ComputeWeightHash());
    }

    [Fact]
    public void Other_weights_have_another_hash()
    {
        var config = new KlAutoencoderConfig
        {
            BaseChannels = 8, ChannelMultipliers = [1, 1], ResidualBlocks = 1, LatentChannels = 2, NormGroups = 4,
        };
        using var first = AutoencoderModel.Create(config, seed: 1);
        using var second = AutoencoderModel.Create(config, seed: 2);

        Assert.NotEqual(first.ComputeWeightHash(), second.ComputeWeightHash());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Computing_it_leaks_no_tensor(string kind)
    {
        using var model = SmallModels.Create(kind);
        model.ComputeWeightHash();
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

        model.ComputeWeightHash();

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }
}
