using System.Globalization;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.CompVis;
using LdmMl.Torch.Models.UNets;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>CompVis <c>UNetModel</c>: predictions, the embedding of the time, and the activations of sub-modules.</summary>
internal sealed class UNetRunner : IGoldenRunner
{
    private const string Activation = "act.";
    private const string ClassEmbedder = "cond_stage_model.embedding.weight";

    public string Group => "unet";

    public bool Convolves(string folder) => File.Exists(Path.Combine(folder, "weights.safetensors"));   // a case of sinusoids alone has none

    public void Run(GoldenCase golden)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        if (golden.Config["dims"] is not null)
            CheckSinusoids(golden);
        else
            CheckNetwork(golden);
    }

    private static void CheckSinusoids(GoldenCase golden)
    {
        foreach (var output in golden.Outputs.Keys.ToArray())
        {
            var period = output.Split("_period") is [_, var digits] ? double.Parse(digits, CultureInfo.InvariantCulture) : TimestepSinusoids.LongestPeriod;
            golden.Check(output, TimestepSinusoids.Embed(golden.Inputs["t"], (int)golden.Outputs[output].shape[1], period));
        }
    }

    private static void CheckNetwork(GoldenCase golden)
    {
        var config = UNetConfigs.Read(golden.Config["params"]!);
        using var network = UNetFactory.Build(config);
        using var weights = golden.Weights();
        using var own = weights.Select(CompVisKeys.Network);
        ModuleWeights.Load(network, own, golden.Folder);
        var named = golden.Outputs.Keys.Where(key => key.StartsWith(Activation, StringComparison.Ordinal)).Select(key => key[Activation.Length..]);
        using var recorder = new ActivationRecorder(network, named);

        var inputs = golden.Inputs;
        var context = inputs.TryGetValue("class_label", out var classes)
            ? weights[ClassEmbedder].index_select(0, classes).unsqueeze(1)
            : inputs.TryGetValue("context", out var given) ? given : null;
        if (classes is not null)
            golden.Check("context", context!);
        var conditions = new UNetConditions(context, inputs.TryGetValue("y", out var labels) ? labels : null);
        golden.Check("out", network.Predict(inputs["x"], inputs["t"], conditions));
        golden.Check("timestep_embedding", TimestepSinusoids.Embed(inputs["t"], config.BaseChannels));
        foreach (var (module, activation) in recorder.Recorded)
            golden.Check(Activation + module, activation);
        golden.NoteFastLayers(network);
    }
}
