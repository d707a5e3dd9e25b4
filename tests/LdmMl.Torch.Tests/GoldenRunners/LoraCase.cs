using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Text.Networks;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Models.UNets.Storage;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>
/// A model with a LoRA: both networks, some of the weights and, if the case has one, an image. Several files are the same LoRA in several
/// naming schemes.
/// </summary>
internal sealed class LoraCase(GoldenCase golden)
{
    private readonly CaseSettings settings = golden.Settings;

    public void Check()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var opened = LatentDiffusionModel.Load(golden.PathOf(settings.Text("model")));
        using var model = opened.With(golden.Convolutions);
        var before = model.ComputeWeightHash();
        var effects = settings.ObjectOrEmpty("effect");
        var loras = new LoraSettings(golden);
        foreach (var way in loras.Ways)
        {
            using var changed = model.WithLoras(way);
            CheckKeys(changed.Loras, loras.UnusedKeys);
            CheckNetworks(changed, effects, model);
            CheckWeights(changed);
            if (settings.Has("call"))
                new LoraImage(golden, changed, settings.Object("call")).Check();
        }

        golden.Require(before == model.ComputeWeightHash(), "the model without the LoRA is not as it was");
    }

    private void CheckKeys(IReadOnlyList<WeightedLora> loras, IReadOnlyList<string> unused)
    {
        var found = loras.SelectMany(merged => merged.UnusedKeys).ToArray();
        golden.Require(found.Order().SequenceEqual(unused.Order()), $"{string.Join(", ", found)} are unused");
        foreach (var merged in loras)
        {
            using var file = StateDictionary.Read(merged.Path);
            var layers = file.Keys.Except(merged.UnusedKeys).Count(key => file[key].dim() > 1) / 2;
            golden.Require(merged.Layers == layers, $"{merged}: {merged.Layers} layers were changed, not {layers}");
        }
    }

    private void CheckNetworks(LatentDiffusionModel changed, CaseSettings effects, LatentDiffusionModel plain)
    {
        foreach (var (output, compute) in new (string Output, Func<LatentDiffusionModel, Tensor> Compute)[] { ("last_hidden_state", LastState), ("eps", Predicted) })
        {
            if (!golden.Wants(output))
                continue;
            var computed = compute(changed);
            golden.Check(output, computed);
            // Two outputs, each within its own tolerance.
            if (effects.OptionalNumber(output) is { } effect)
            {
                var difference = (computed - compute(plain)).abs().max().item<float>();
                golden.Require(Math.Abs(difference - effect) < 1e-3, $"{output} changes by {difference}, there by {effect}");
            }
        }
    }

    private Tensor LastState(LatentDiffusionModel model)
    {
        var network = (ClipTextNetwork)((LdmMl.Torch.Models.Text.TextEncoderModel)model.TextEncoder!).Networks.All[0];
        return network.Normalize(network.HiddenStates(golden.Inputs["input_ids"], kept: null)[^1]);
    }

    private Tensor Predicted(LatentDiffusionModel model) => model.Hold(() => model.Network.Predict(
        golden.Inputs["sample"], golden.Inputs["timestep"].to(ScalarType.Float32), new UNetConditions(golden.Inputs["encoder_hidden_states"])));

    // The weights named by the case's outputs.
    private void CheckWeights(LatentDiffusionModel model)
    {
        using var unet = UNetFiles.Weights(model.Network);
        foreach (var (key, weight) in unet)
            golden.Check($"unet.{key}", weight);
        var encoder = (LdmMl.Torch.Models.Text.TextEncoderModel)model.TextEncoder!;
        foreach (var (part, network) in encoder.Parts.Zip(encoder.Networks.All))
        {
            foreach (var (key, weight) in network.state_dict())
                golden.Check($"{part.Name}.{key}", weight);
        }
    }
}
