using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Discriminators;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>
/// taming-transformers <c>NLayerDiscriminator</c> alone: logits and losses in evaluation, and what two training batches leave behind.
/// </summary>
internal static class DiscriminatorCases
{
    public static void Run(GoldenCase golden)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var network = new NLayerDiscriminator(ConfigOf(golden.Config["params"]!));
        using var weights = golden.Weights();
        ModuleWeights.Load(network, weights, golden.Folder);
        CheckEvaluation(golden, network);
        CheckTraining(golden, network);
    }

    public static NLayerDiscriminatorConfig ConfigOf(JsonNode parameters) => new()
    {
        InputChannels = parameters["input_nc"]!.GetValue<int>(),
        Channels = parameters["ndf"]!.GetValue<int>(),
        Layers = parameters["n_layers"]!.GetValue<int>(),
        Normalization = parameters["use_actnorm"]!.GetValue<bool>() ? DiscriminatorNormalization.ActNorm : DiscriminatorNormalization.Batch,
    };

    private static void CheckEvaluation(GoldenCase golden, NLayerDiscriminator network)
    {
        network.eval();
        var (real, fake) = (network.call(golden.Inputs["real"]), network.call(golden.Inputs["fake"]));
        golden.Check("eval.logits_real", real);
        golden.Check("eval.logits_fake", fake);
        golden.Check("hinge_d_loss", LogitLoss.OfDiscriminator(AdversarialLoss.Hinge, real, fake));
        golden.Check("vanilla_d_loss", LogitLoss.OfDiscriminator(AdversarialLoss.Vanilla, real, fake));
        golden.Check("hinge_d_loss_with_exemplar_weights", LogitLoss.OfDiscriminator(AdversarialLoss.Hinge, real, fake, golden.Inputs["weights"]));
        golden.Check("g_loss", LogitLoss.OfGenerator(fake));
    }

    private static void CheckTraining(GoldenCase golden, NLayerDiscriminator network)
    {
        network.train();
        foreach (var (name, buffer) in network.named_buffers().Where(entry => entry.name.EndsWith(".initialized", StringComparison.Ordinal)))
            buffer.zero_();
        golden.Check("train.logits_real", network.call(golden.Inputs["real"]));
        CheckState(golden, network, "after_train.");
        golden.Check("train.logits_fake", network.call(golden.Inputs["fake"]));
        CheckState(golden, network, "after_train2.");
    }

    private static void CheckState(GoldenCase golden, NLayerDiscriminator network, string prefix)
    {
        var state = network.state_dict();
        foreach (var key in golden.Outputs.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)))
            golden.Check(key, state[key[prefix.Length..]]);
    }
}
