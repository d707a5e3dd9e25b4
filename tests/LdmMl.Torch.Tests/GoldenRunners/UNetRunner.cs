using System.Globalization;
using LdmMl.Torch.Checkpoints.CompVis;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Onnx;
using LdmMl.Torch.Tests.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>CompVis <c>UNetModel</c>: predictions, the time embedding, and the activations of sub-modules.</summary>
internal sealed class UNetRunner : IGoldenRunner
{
    private const string Activation = "act.";
    private const string ClassEmbedder = "cond_stage_model.embedding.weight";

    public string Group => "unet";

    public bool Convolves(string folder) => File.Exists(Path.Combine(folder, "weights.safetensors"));   // a case of only sinusoids has none

    public void Run(GoldenCase golden)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        if (golden.Settings.Has("dims"))
            CheckSinusoids(golden);
        else
            CheckNetwork(golden);
    }

    private static void CheckSinusoids(GoldenCase golden)
    {
        var widths = golden.Settings.Ints("dims");
        Assert.Equal(widths.Order(), golden.Outputs.Values.Select(output => (int)output.shape[1]).Distinct().Order());
        foreach (var output in golden.Outputs.Keys.ToArray())
        {
            var period = output.Split("_period") is [_, var digits] ? double.Parse(digits, CultureInfo.InvariantCulture) : TimestepSinusoids.LongestPeriod;
            golden.Check(output, TimestepSinusoids.Embed(golden.Inputs["t"], (int)golden.Outputs[output].shape[1], period));
        }
    }

    private static void CheckNetwork(GoldenCase golden)
    {
        golden.Settings.Expect("target", "ldm.modules.diffusionmodules.openaimodel.UNetModel");
        var config = UNetConfigs.Read(golden.Settings.Object("params"));
        using var network = UNetFactory.Build(config);
        using var weights = golden.Weights();
        using var own = weights.Select(CompVisKeys.Network);
        ModuleWeights.Load(network, own, golden.Folder);
        using var recorder = new ActivationRecorder(network, golden.OutputsAfter(Activation));

        var inputs = golden.Inputs;
        var context = Context(golden, weights);
        var conditions = new UNetConditions(context, inputs.TryGetValue("y", out var labels) ? labels : null);
        golden.Check("out", network.Predict(inputs["x"], inputs["t"], conditions));
        golden.CheckExported("out", () => OnnxGraphs.Unet(network), "out_sample", OnnxInputs.Of(inputs["x"], inputs["t"], conditions));
        golden.Check("timestep_embedding", TimestepSinusoids.Embed(inputs["t"], config.BaseChannels));
        foreach (var (module, activation) in recorder.Recorded)
            golden.Check(Activation + module, activation);
        foreach (var module in recorder.Fused)
            golden.PassOver(Activation + module);
        golden.NoteFastLayers(network);
    }

    // [B, tokens, context_dim], given or embedded from the class.
    private static Tensor? Context(GoldenCase golden, StateDictionary weights)
    {
        if (golden.Settings.OptionalObject("cond_stage_config") is not { } embedder)
            return golden.Inputs.TryGetValue("context", out var given) ? given : null;
        embedder.Expect("target", "ldm.modules.encoders.modules.ClassEmbedder");
        var parameters = embedder.Object("params");
        var table = weights[ClassEmbedder];
        Assert.Equal([parameters.Int("n_classes", 1000), parameters.Int("embed_dim")], table.shape);
        var context = table.index_select(0, golden.Inputs[parameters.Text("key", "class")]).unsqueeze(1);
        golden.Check("context", context);
        return context;
    }
}
