using System.Text.Json.Nodes;
using System.Text.Json;
using LdmMl.Torch.Checkpoints.CompVis;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.UNets.Storage;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Onnx;
using LdmMl.Torch.Tests.Onnx;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>A <c>unet/</c> folder and, if the case has it, the same network with CompVis' names.</summary>
internal static class DiffusersUNetCase
{
    public static void Check(GoldenCase golden)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var folder = golden.PathOf("unet");
        using var stored = SafetensorsFile.Read(Path.Combine(folder, "diffusion_pytorch_model.safetensors"));
        using var network = Build(ReadConfig(folder), stored, folder);
        var shared = Shared(network.Config);
        using var recorder = new ActivationRecorder(network, shared.Values);

        var output = golden.Wants("eps") ? "eps" : "out";
        golden.Check(output, Predict(network, golden));
        golden.CheckExported(
            output, () => OnnxGraphs.Unet(network), "out_sample", OnnxInputs.Of(golden.Inputs["x"], golden.Inputs["t"], Conditions(golden)));
        foreach (var (activation, module) in shared.Where(pair => golden.Wants(pair.Key)))
            golden.Check(activation, recorder.Recorded[module]);
        CheckWriting(network, stored);
        if (File.Exists(golden.PathOf("keymap.json")))
            CheckCompVisNaming(golden, stored);
    }

    private static void CheckWriting(UNet network, StateDictionary stored)
    {
        using var written = UNetFiles.Weights(network);
        AssertSame(stored, written);
        using var stream = new MemoryStream();
        UNetFiles.WriteConfig(stream, network.Config, 8, 8);
        stream.Position = 0;
        Assert.Equal(Text(network.Config), Text(UNetFiles.ReadConfig(stream).Config));
    }

    // The same network again from the CompVis file, described by the case's own config.
    private static void CheckCompVisNaming(GoldenCase golden, StateDictionary stored)
    {
        using var all = golden.Weights();
        using var own = all.Select(CompVisKeys.Network);
        using var network = Build(CompVisConfig(golden.Settings.Object("compvis").Object("unet_config")), own, golden.Folder);
        golden.Check("eps", Predict(network, golden));
        using var written = UNetFiles.Weights(network);
        AssertSame(stored, written);
        var map = JsonNode.Parse(File.ReadAllText(golden.PathOf("keymap.json")))!.AsObject();
        var expected = map.Where(pair => pair.Key.StartsWith(CompVisKeys.Network, StringComparison.Ordinal)).Select(pair => pair.Value!.GetValue<string>());
        Assert.Equal(expected.Order(StringComparer.Ordinal), written.Keys.Order(StringComparer.Ordinal));
    }

    private static UNet Build(UNetConfig config, StateDictionary stored, string source)
    {
        var network = UNetFactory.Build(config);
        using var weights = UNetWeights.ToCompVis(config, stored);
        ModuleWeights.Load(network, weights, source);
        return network;
    }

    private static UNetConfig ReadConfig(string folder)
    {
        using var stream = File.OpenRead(Path.Combine(folder, "config.json"));
        return UNetFiles.ReadConfig(stream).Config;
    }

    private static Tensor Predict(UNet network, GoldenCase golden) =>
        network.Predict(golden.Inputs["x"], golden.Inputs["t"].to(ScalarType.Float32), Conditions(golden));

    private static UNetConditions Conditions(GoldenCase golden)
    {
        var inputs = golden.Inputs;
        var context = inputs.TryGetValue("context", out var given) ? given
            : inputs.TryGetValue("encoder_hidden_states", out var states) ? states : null;
        var labels = inputs.TryGetValue("class_labels", out var classes) ? classes : null;
        return new UNetConditions(context, labels);
    }

    private static UNetConfig CompVisConfig(CaseSettings unet)
    {
        unet.Expect("target", "ldm.modules.diffusionmodules.openaimodel.UNetModel");
        return UNetConfigs.Read(unet.Object("params"));
    }

    // Modules that CompVis has too, with its names. A level ends with its resampling, if any.
    private static Dictionary<string, string> Shared(UNetConfig config)
    {
        var (levels, blocks) = (config.ChannelMultipliers.Count, config.ResidualBlocks + 1);
        var shared = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["act.time_embedding"] = "time_embed",
            ["act.conv_in"] = "input_blocks.0",
            ["act.mid_block"] = "middle_block",
            ["act.conv_out"] = "out",
        };
        for (var level = 0; level < levels; level++)
        {
            shared[$"act.down_blocks.{level}"] = $"input_blocks.{Math.Min(blocks * (level + 1), (blocks * levels) - 1)}";
            shared[$"act.up_blocks.{level}"] = $"output_blocks.{(blocks * (level + 1)) - 1}";
        }

        return shared;
    }

    private static void AssertSame(StateDictionary expected, StateDictionary actual)
    {
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
        Assert.All(expected, pair => Assert.True(pair.Value.to(ScalarType.Float32).equal(actual[pair.Key]).all().item<bool>(), pair.Key));
    }

    private static string Text(UNetConfig config) => JsonSerializer.Serialize(config);
}
