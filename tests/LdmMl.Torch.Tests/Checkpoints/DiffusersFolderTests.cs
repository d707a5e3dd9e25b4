using System.Text;
using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Configs;
using LdmMl.Torch.Checkpoints.Diffusers;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Checkpoints;

public sealed class DiffusersFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [RealDataFact]
    public void Keys_of_published_folders_round_trip_through_CompVis() =>
        Assert.All(Directory.EnumerateDirectories(Path.Combine(RealData.SharedGoldens!, "diffusers-models"), "vae*", SearchOption.AllDirectories), GoAndComeBack);

    private static void GoAndComeBack(string published)
    {
        var weights = DiffusersFolder.ReadWeights(published);
        using (weights)
        {
            using var compVis = AutoencoderWeights.ToCompVis(weights);
            using var back = AutoencoderWeights.ToDiffusers(compVis);

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

    [Theory]
    [InlineData("[1]", "it is not a JSON object.")]
    [InlineData("{", "its JSON is not valid: ")]
    [InlineData("", "its JSON is not valid: ")]
    [InlineData("""{ "in_channels": 3, "in_channels": 4 }""", "its JSON is not valid: ")]
    public void Damaged_configurations_are_refused_as_JSON(string json, string reason) =>
        Assert.StartsWith(reason, Assert.Throws<InvalidDataException>(() => JsonFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(json)))).Message, StringComparison.Ordinal);

    [Fact]
    public void Written_folders_can_be_read()
    {
        using var weights = new StateDictionary();
        weights.Add("quant_conv.weight", ones(2, 2));
        var written = new JsonObject { ["_class_name"] = "VQModel", ["scaling_factor"] = 0.5 };
        var path = folder.File("model");

        DiffusersFolder.WriteAutoencoder(path, written, weights);
        File.WriteAllText(Path.Combine(path, "notes.txt"), "mine");
        DiffusersFolder.WriteAutoencoder(path, written, weights);   // once more, over the first

        var own = DiffusersFolder.FindAutoencoder(path)!;
        var config = DiffusersFolder.ReadConfig(own);
        using (var read = DiffusersFolder.ReadWeights(own))
        {
            Assert.Equal(("VQModel", 0.5), (config.Text("_class_name"), config.Number("scaling_factor")));
            Assert.Equal("pt", read.Metadata["format"]);
            Assert.Equal("quant_conv.weight", Assert.Single(read.Keys));
        }
        Assert.Equal("VQModel", DiffusersFolder.ReadIndex(path).Components["vae"]);
        Assert.Equal(["model_index.json", "notes.txt", "vae"], Directory.EnumerateFileSystemEntries(path).Select(Path.GetFileName).Order());
        Assert.Equal(["model"], Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void A_folder_is_not_created_if_writing_fails()
    {
        using var weights = new StateDictionary();
        weights.Add("x", zeros(1, dtype: ScalarType.ComplexFloat64));

        Assert.Throws<ArgumentException>(() => DiffusersFolder.WriteAutoencoder(folder.File("model"), new JsonObject { ["_class_name"] = "VQModel" }, weights));

        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_folder_without_weights_lists_what_it_contains()
    {
        folder.Write("config.json", """{ "_class_name": "AutoencoderKL" }"""u8.ToArray());

        var error = Assert.Throws<CheckpointException>(() => DiffusersFolder.ReadWeights(folder.Path));

        Assert.StartsWith("there are no weights; looked for diffusion_pytorch_model.safetensors", error.Reason, StringComparison.Ordinal);
        Assert.EndsWith("There are config.json.", error.Reason, StringComparison.Ordinal);
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
}
