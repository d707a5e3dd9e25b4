using System.Text;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Diffusers;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Checkpoints;

public sealed class DiffusersFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [RealDataFact]
    public void Published_folders_have_the_same_keys_after_going_to_CompVis_and_back() =>
        Assert.All(Directory.EnumerateDirectories(Path.Combine(RealData.SharedGoldens!, "diffusers-models"), "vae*", SearchOption.AllDirectories), GoAndComeBack);

    private static void GoAndComeBack(string published)
    {
        var (config, weights) = DiffusersFolder.ReadAutoencoder(published);
        using (weights)
        {
            using var compVis = AutoencoderWeights.ToCompVis(weights);
            using var back = AutoencoderWeights.ToDiffusers(compVis);

            Assert.IsType<DiffusersKlConfig>(config);
            Assert.False(AutoencoderKeyMap.IsDiffusers(compVis.Keys));
            Assert.Contains("encoder.mid.attn_1.q.weight", compVis.Keys);
            Assert.Equal(4, compVis["encoder.mid.attn_1.q.weight"].dim());
            if (Path.GetFileName(published) == "vae")
            {
                Assert.Equal(weights.Keys.Order(StringComparer.Ordinal), back.Keys.Order(StringComparer.Ordinal));
                Assert.All(weights, pair => Assert.Equal(pair.Value.shape, back[pair.Key].shape));
            }
        }
    }

    [Fact]
    public void A_published_configuration_is_understood_and_what_it_leaves_out_is_as_diffusers_has_it()
    {
        var config = Assert.IsType<DiffusersKlConfig>(Read(
            """
            { "block_out_channels": [16, 32], "norm_num_groups": 8, "_diffusers_version": "0.21.4", "shift_factor": null, "unknown": [1], "_class_name": "AutoencoderKL" }
            """));

        Assert.Equal([16, 32], config.BlockOutChannels);
        Assert.Equal(8, config.NormNumGroups);
        Assert.Equal(0.18215, config.ScalingFactor);
        Assert.Null(config.ShiftFactor);
        Assert.True(config.UseQuantConv);
    }

    [Theory]
    [InlineData("""{ "_class_name": "AutoencoderDC" }""", "its '_class_name' is 'AutoencoderDC'; supported are AutoencoderKL, VQModel and AutoencoderTiny.")]
    [InlineData("""{ "in_channels": 3 }""", "its '_class_name' is ''; supported are AutoencoderKL, VQModel and AutoencoderTiny.")]
    [InlineData("[1]", "it is no JSON object.")]
    public void Other_configurations_are_refused(string json, string reason) =>
        Assert.Equal(reason, Assert.Throws<InvalidDataException>(() => Read(json)).Message);

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("""{ "_class_name": "AutoencoderKL", "in_channels": "three" }""")]
    [InlineData("""{ "_class_name": "AutoencoderKL", "in_channels": 3, "in_channels": 4 }""")]
    public void Damaged_configurations_are_refused_as_JSON(string json) =>
        Assert.StartsWith("its JSON is not valid: ", Assert.Throws<InvalidDataException>(() => Read(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void What_is_written_is_read_again()
    {
        using var weights = new StateDictionary();
        weights.Add("quant_conv.weight", ones(2, 2));
        var written = new DiffusersVqConfig { BlockOutChannels = [32, 64], NumVqEmbeddings = 512, ScalingFactor = 0.5 };
        var path = folder.File("model");

        DiffusersFolder.WriteAutoencoder(path, written, weights);
        File.WriteAllText(Path.Combine(path, "notes.txt"), "mine");
        DiffusersFolder.WriteAutoencoder(path, written, weights);   // once more, over the first

        var (config, read) = DiffusersFolder.ReadAutoencoder(path);
        using (read)
        {
            var vq = Assert.IsType<DiffusersVqConfig>(config);
            Assert.Equal(written.BlockOutChannels, vq.BlockOutChannels);
            Assert.Equal((512, 0.5, "0.21.4"), (vq.NumVqEmbeddings, vq.ScalingFactor, vq.DiffusersVersion));
            Assert.Equal("pt", read.Metadata["format"]);
            Assert.Equal("quant_conv.weight", Assert.Single(read.Keys));
        }
        Assert.Equal("VQModel", DiffusersFolder.ReadIndex(path).Components["vae"]);
        Assert.Equal(["model_index.json", "notes.txt", "vae"], Directory.EnumerateFileSystemEntries(path).Select(Path.GetFileName).Order());
        Assert.Equal(["model"], Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void A_folder_whose_writing_fails_does_not_appear()
    {
        using var complex = zeros(1, dtype: ScalarType.ComplexFloat64);
        var weights = new[] { KeyValuePair.Create("x", complex) };

        Assert.Throws<ArgumentException>(() => DiffusersFolder.WriteAutoencoder(folder.File("model"), new DiffusersKlConfig(), weights));

        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_folder_without_a_configuration_or_weights_is_refused_by_name()
    {
        var error = Assert.Throws<CheckpointException>(() => DiffusersFolder.ReadAutoencoder(folder.Path));
        Assert.Equal($"Checkpoint '{folder.Path}': neither the folder nor its 'vae' has a config.json.", error.Message);

        folder.Write("config.json", """{ "_class_name": "AutoencoderKL" }"""u8.ToArray());
        error = Assert.Throws<CheckpointException>(() => DiffusersFolder.ReadAutoencoder(folder.Path));
        Assert.StartsWith("there are no weights; looked for diffusion_pytorch_model.safetensors", error.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("encoder.0.weight", "encoder.layers.0.weight")]
    [InlineData("encoder.12.conv.4.bias", "encoder.layers.12.conv.4.bias")]
    [InlineData("decoder.1.weight", "decoder.layers.0.weight")]
    [InlineData("decoder.10.conv.2.weight", "decoder.layers.9.conv.2.weight")]
    public void Tiny_keys_are_mapped_in_both_directions(string taesd, string diffusers)
    {
        Assert.Equal(diffusers, TinyKeyMap.ToDiffusers(taesd));
        Assert.Equal(taesd, TinyKeyMap.ToTaesd(diffusers));
        Assert.True(TinyKeyMap.IsDiffusers([diffusers]));
        Assert.False(TinyKeyMap.IsDiffusers([taesd]));
    }

    public void Dispose() => folder.Dispose();

    private static DiffusersAutoencoderConfig Read(string json) => DiffusersJson.ReadAutoencoder(new MemoryStream(Encoding.UTF8.GetBytes(json)));
}
