using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Discriminators;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>
/// taming-transformers <c>NLayerDiscriminator</c> by itself: logits and losses in evaluation mode, and the state after two training batches.
/// </summary>
internal static class DiscriminatorCases
{
    public const string Target = "taming.modules.discriminator.model.NLayerDiscriminator";

    public static void Run(GoldenCase golden)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var network = new NLayerDiscriminator(ConfigOf(golden.Settings.Object("params")));
        using var weights = golden.Weights();
        ModuleWeights.Load(network, weights, golden.Folder);
        CheckEvaluation(golden, network);
        CheckTraining(golden, network);
    }

    private static NLayerDiscriminatorConfig ConfigOf(CaseSettings parameters) => new()
    {
        InputChannels = parameters.Int("input_nc", 3),
        Channels = parameters.Int("ndf", 64),
        Layers = parameters.Int("n_layers", 3),
        Normalization = parameters.Flag("use_actnorm", false) ? DiscriminatorNormalization.ActNorm : DiscriminatorNormalization.Batch,
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
        foreach (var key in golden.OutputsAfter(prefix))
            golden.Check(prefix + key, state[key]);
    }
}
