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
    private static readonly Gen<IReadOnlyList<int>> Multipliers = Gen.Int[0, 3].Array[0, 3].Select(array => (IReadOnlyList<int>)array);
    private static readonly Gen<int> Few = Gen.Int[0, 3];
    private static readonly Gen<int> Width = OneOf(0, 4, 6, 8, 16);

    private static readonly Gen<KlAutoencoderConfig> Kl =
        from width in Width
        from multipliers in Multipliers
        from latent in Few
        from bottleneck in Gen.Int[0, 3]
        from blocks in Few
        from resolution in OneOf(0, 7, 16, 33)
        from attention in OneOf(0, 1, 4, 8, 16, 33)
        from flags in Gen.Bool.Array[4]
        from groups in OneOf(0, 2, 4, 5)
        from scale in OneOf(0, 1, 0.18215, -2, double.NaN)
        from shift in OneOf(0, 0.5)
        from means in Rarely(OneOf(0, 0.25, -1).Array[1, 3])
        from deviations in Rarely(OneOf(1, 0.5, 2, 0).Array[1, 3])
        select new KlAutoencoderConfig
        {
            LatentMeans = means,
            LatentDeviations = means is null ? deviations : deviations ?? [.. means.Select(_ => 2.0)],
            BaseChannels = width,
            ChannelMultipliers = multipliers,
            LatentChannels = latent,
            BottleneckChannels = bottleneck,
            ResidualBlocks = blocks,
            Resolution = resolution,
            AttentionResolutions = [attention],
            MiddleAttention = flags[0],
            ResampleWithConvolution = flags[1],
            TanhOutput = flags[2],
            LatentConvolutions = flags[3],
            NormGroups = groups,
            LatentScale = scale,
            LatentShift = shift,
        };

    private static readonly Gen<VqAutoencoderConfig> Vq =
        from kl in Kl
        from codes in OneOf(0, 1, 5, 16)
        from used in OneOf(0, 0, 1, 5, 20)
        from policy in OneOf(UnknownIndexPolicy.Random, UnknownIndexPolicy.Extra, UnknownIndexPolicy.Fixed, (UnknownIndexPolicy)9)
        from unknown in Gen.Int[-1, 3]
        from legacy in Gen.Bool
        from weight in OneOf(0.25, 0, double.PositiveInfinity)
        select new VqAutoencoderConfig
        {
            BaseChannels = kl.BaseChannels,
            ChannelMultipliers = kl.ChannelMultipliers,
            LatentChannels = kl.LatentChannels,
            BottleneckChannels = kl.BottleneckChannels,
            ResidualBlocks = kl.ResidualBlocks,
            Resolution = kl.Resolution,
            AttentionResolutions = kl.AttentionResolutions,
            MiddleAttention = kl.MiddleAttention,
            ResampleWithConvolution = kl.ResampleWithConvolution,
            TanhOutput = kl.TanhOutput,
            LatentConvolutions = kl.LatentConvolutions,
            NormGroups = kl.NormGroups,
            LatentScale = kl.LatentScale,
            LatentShift = kl.LatentShift,
            CodebookSize = codes,
            UsedEntries = used,
            UnknownIndexPolicy = policy,
            UnknownIndex = unknown,
            LegacyCommitment = legacy,
            SpatialIndices = !legacy,
            CommitmentWeight = weight,
        };

    private static readonly Gen<TinyAutoencoderConfig> Tiny =
        from width in Few
        from latent in Few
        from channels in Few
        from normalized in Gen.Bool
        from scale in OneOf(0, 1, 0.5)
        from shift in OneOf(0, 0.25)
        select new TinyAutoencoderConfig
        {
            Width = width,
            LatentChannels = latent,
            ImageChannels = channels,
            MiddleNormalization = normalized,
            LatentScale = scale,
            LatentShift = shift,
        };

    private static readonly Gen<UNetConfig> UNets =
        from width in OneOf(2, 4, 8, 4, 8, 12, 1, 0)
        from multipliers in OneOf(0, 1, 2, 3).SelectMany(kind => kind == 0 ? Multipliers : Gen.Int[1, 2].Array[0, 2].Select(list => (IReadOnlyList<int>)[1, .. list]))
        from channels in OneOf(1, 2, 3, 2, 0).Array[2]
        from blocks in OneOf(1, 1, 2, 0)
        from factors in OneOf(1, 2, 4, 2, 1, 4, 0, 3).Array[0, 2]
        from heads in OneOf(1, 2, 1, 2, 3, 0)
        from headChannels in OneOf<int?>(null, null, null, 2, 4, 0)
        from up in OneOf<int?>(null, null, null, 1, 2, 0)
        from levels in OneOf(0, 1, 2, 3).SelectMany(kind => kind == 0 ? Gen.Int[0, 2].Array[1, 3].Select(array => (int[]?)array) : Gen.Const((int[]?)null))
        from context in OneOf<int?>(null, null, 1, 6, 0)
        from depth in OneOf(1, 1, 2, 0)
        from extra in OneOf<int?>(null, null, null, null, 3, 0).Array[3]
        from flags in Gen.Bool.Array[3]
        from resampling in OneOf(
            UNetResampling.Convolution, UNetResampling.Plain, UNetResampling.ResidualBlock, UNetResampling.Convolution, (UNetResampling)5)
        from injection in Gen.Enum<TimestepInjection>()
        from groups in OneOf(1, 2, 1, 2, 4, 0)
        from widths in Rarely(Gen.Int[1, 3].Array[2, 3].Select(list => (int[])[width, .. list.Skip(1).Select(times => times * 4)]))
        from depths in Rarely(Gen.Int[0, 2].Array[2, 3])
        from alone in Rarely(Gen.Bool.Array[2, 3])
        from sizes in Rarely(Gen.Int[0, 2].Select(value => (int?)value))
        from dropout in OneOf(0, 0, 0.25, 1)
        select new UNetConfig
        {
            LevelWidths = widths,
            LevelTransformerDepths = depths,
            CrossAttentionOnly = alone,
            SizeDimension = sizes,
            Dropout = dropout,
            BaseChannels = width,
            ChannelMultipliers = multipliers,
            InputChannels = channels[0],
            OutputChannels = channels[1],
            ResidualBlocks = blocks,
            AttentionFactors = factors,
            Heads = heads,
            HeadChannels = headChannels,
            UpsampleHeads = up,
            LevelHeads = levels,
            ContextDimension = context,
            TransformerDepth = depth,
            LabelCount = extra[0],
            VectorDimension = sizes is null ? extra[1] : 13,
            CodebookSize = extra[2],
            LegacyHeads = flags[0],
            LinearProjections = flags[1],
            AttentionOrder = flags[2] ? AttentionOrder.ProjectionsFirst : AttentionOrder.HeadsFirst,
            Resampling = resampling,
            TimestepInjection = injection,
            NormGroups = groups,
        };

    private static Gen<T?> Rarely<T>(Gen<T> values) => Gen.Int[0, 3].SelectMany(kind => kind == 0 ? values.Select(value => (T?)value) : Gen.Const(default(T)));

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private readonly string folder = Directory.CreateTempSubdirectory("config-").FullName;
    private int accepted;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void KL_autoencoders_are_refused_or_round_trip_through_files() => Check(Kl, iterations: 3000, atLeast: 20);

    [Fact]
    public void VQ_autoencoders_are_refused_or_round_trip_through_files() => Check(Vq, iterations: 6000, atLeast: 10);

    [Fact]
    public void Tiny_autoencoders_are_refused_or_round_trip_through_files() => Check(Tiny, iterations: 60, atLeast: 10);

    [Fact]
    public void U_Nets_are_refused_or_round_trip_through_files()
    {
        UNets.Sample(CheckUNet, iter: 3000);

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
