using System.Text.Json.Nodes;
using CsCheck;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Diffusers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Models.UNets.Storage;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Models;

/// <summary>
/// Every config that the library accepts computes, can be saved and opened, and then computes the same bits; every other one is refused when the
/// network is created, and an option is named.
/// </summary>
public sealed class ConfigPropertyTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("config-").FullName;
    private int accepted;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void KL_autoencoders_are_refused_or_round_trip_through_files() => Check(RandomConfigs.Kl, iterations: 3000, atLeast: 20);

    [Fact]
    public void VQ_autoencoders_are_refused_or_round_trip_through_files() => Check(RandomConfigs.Vq, iterations: 6000, atLeast: 10);

    [Fact]
    public void Tiny_autoencoders_are_refused_or_round_trip_through_files() => Check(RandomConfigs.Tiny, iterations: 60, atLeast: 10);

    [Fact]
    public void U_Nets_are_refused_or_round_trip_through_files()
    {
        RandomConfigs.UNets.Sample(CheckUNet, iter: 3000);

        Assert.True(accepted >= 20, $"only {accepted} configs were accepted");
    }

    private void Check<TConfig>(Gen<TConfig> configs, int iterations, int atLeast)
        where TConfig : AutoencoderConfig
    {
        configs.Sample(config => CheckAutoencoder(config), iterations);

        Assert.True(accepted >= atLeast, $"only {accepted} configs were accepted");
    }

    private void CheckAutoencoder(AutoencoderConfig config)
    {
        using var scope = NewDisposeScope();
        AutoencoderModel model;
        try
        {
            model = AutoencoderModel.Create(config, seed: 1);
        }
        catch (OptionException error)
        {
            Assert.NotNull(config.GetType().GetProperty(error.Member));
            return;
        }

        accepted++;
        var path = Path.Combine(folder, $"{accepted}");
        using (model)
        {
            model.Save(path);
            using var opened = AutoencoderModel.Load(path);
            var side = 2 * config.DownsampleFactor;
            using var generator = new Generator(3, CPU);
            var images = rand([2, config.ImageChannels, side, side], generator: generator);
            var latents = model.Encode(images);

            Assert.Equal((config.LatentScale, config.LatentShift), (opened.Config.LatentScale, opened.Config.LatentShift));
            Assert.True(opened.Encode(images).bytes.SequenceEqual(latents.bytes));
            Assert.True(opened.Decode(latents).bytes.SequenceEqual(model.Decode(latents).bytes));
            Assert.Equal(model.ComputeWeightHash(), opened.ComputeWeightHash());
            AssertDiffusersKeysSayAll(path, model, images);
            if (config is VqAutoencoderConfig vq)
            {
                var read = (VqAutoencoderConfig)opened.Config;
                Assert.Equal((vq.CommitmentWeight, vq.LegacyCommitment, vq.SpatialIndices), (read.CommitmentWeight, read.LegacyCommitment, read.SpatialIndices));
                Assert.Equal((vq.UsedEntries, vq.LatentConvolutions), (read.UsedEntries, read.LatentConvolutions));
            }
        }

        Directory.Delete(path, recursive: true);
    }

    // A folder with one of diffusers' class names computes the same without this library's key, which diffusers does not read; any other class name
    // shows that diffusers cannot compute it.
    private static void AssertDiffusersKeysSayAll(string path, AutoencoderModel model, Tensor images)
    {
        var file = Path.Combine(path, "vae", "config.json");
        var config = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        if (config["_class_name"]!.GetValue<string>().StartsWith("LdmMl", StringComparison.Ordinal))
            return;

        // diffusers ignores the list of used entries, with a warning; it only matters for indices.
        if (model.Config is VqAutoencoderConfig { UsedEntries: > 0 })
            return;
        config.Remove("_ldmml");
        File.WriteAllText(file, config.ToJsonString());
        using var opened = AutoencoderModel.Load(path);
        var latents = model.Encode(images);
        Assert.True(opened.Encode(images).bytes.SequenceEqual(latents.bytes));
        Assert.True(opened.Decode(latents).bytes.SequenceEqual(model.Decode(latents).bytes));
    }

    private void CheckUNet(UNetConfig config)
    {
        using var scope = NewDisposeScope();
        UNet network;
        try
        {
            network = UNet.Create(config, seed: 1);
        }
        catch (OptionException error)
        {
            Assert.NotNull(config.GetType().GetProperty(error.Member));
            return;
        }

        accepted++;
        using (network)
        using (no_grad())
        {
            using var generator = new Generator(3, CPU);
            foreach (var parameter in network.parameters())
                parameter.add_(randn(parameter.shape, generator: generator) * Real(0.1), Whole(1));
            using var opened = SaveAndOpen(network);
            var side = 2 * config.DownsampleFactor;
            var states = randn([2, config.InputChannels, side, side], generator: generator);
            var times = tensor(new[] { 3f, 500f });
            var conditions = new UNetConditions(
                config.ContextDimension is { } width ? randn([2, 3, width], generator: generator) : null,
                config.LabelCount is { } labels ? tensor(new[] { 0L, labels - 1L }) : null,
                Vectors: config.VectorDimension is { } vector ? randn([2, vector], generator: generator) : null);

            Assert.True(opened.call(states, times, conditions).bytes.SequenceEqual(network.call(states, times, conditions).bytes));
        }
    }

    private static UNet SaveAndOpen(UNet network)
    {
        using var config = new MemoryStream();
        using var weights = new MemoryStream();
        UNetFiles.WriteConfig(config, network.Config, 8, 8);
        using (var written = UNetFiles.Weights(network))
            DiffusersFolder.WriteWeights(weights, written);
        config.Position = weights.Position = 0;
        var json = JsonNode.Parse(config.ToArray())!.AsObject();
        Assert.True(
            json["_class_name"]!.GetValue<string>() == "UNetModel" || json.All(pair => !pair.Key.StartsWith("_ldmml", StringComparison.Ordinal)),
            "diffusers does not read this library's keys");
        var read = UNetFiles.ReadConfig(config).Config;
        using var stored = SafetensorsFile.Read(weights, "the file");
        using var own = UNetWeights.ToCompVis(read, stored);
        var opened = UNetFactory.Build(read);
        ModuleWeights.Load(opened, own, "the file");
        return opened;
    }
}
