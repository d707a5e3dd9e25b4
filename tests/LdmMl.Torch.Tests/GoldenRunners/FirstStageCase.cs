using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Discriminators;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>
/// CompVis <c>LPIPSWithDiscriminator</c> and <c>VQLPIPSWithDiscriminator</c> with an autoencoder, from the case's weights:
/// one generator pass and one discriminator pass.
/// </summary>
internal sealed class FirstStageCase : IDisposable
{
    public const string KlTarget = "ldm.models.autoencoder.AutoencoderKL", VqTarget = "ldm.models.autoencoder.VQModel";

    private const string PerceptualPrefix = "loss.perceptual_loss.", DiscriminatorPrefix = "loss.discriminator.", TrunkPrefix = "features.";
    private readonly GoldenCase golden;
    private readonly bool isVq;
    private readonly nn.Module network;
    private readonly NLayerDiscriminator discriminator;
    private readonly AutoencoderObjective objective;

    public FirstStageCase(GoldenCase golden, StateDictionary weights, PerceptualModel perceptual)
    {
        this.golden = golden;
        var parameters = golden.Settings.Object("params");
        isVq = golden.Settings.Text("target") == VqTarget;
        AutoencoderConfig config = isVq ? VqConfig(parameters) : AutoencoderConfigs.Kl(parameters);
        network = Load(NetworkFactory.Build(config), weights, "");
        var lossConfig = parameters.Object("lossconfig");
        lossConfig.Expect("target", isVq ? "ldm.modules.losses.vqperceptual.VQLPIPSWithDiscriminator" : "ldm.modules.losses.contperceptual.LPIPSWithDiscriminator");
        var loss = lossConfig.Object("params");
        loss.Describes("pixelloss_weight");                      // the reference reads it without using it
        loss.Describes("disc_in_channels");                      // those of the images
        loss.Describes("n_classes");                             // unused entries affect neither the perplexity nor the usage
        loss.Expect("disc_conditional", false);
        objective = new AutoencoderObjective(network, config, Options(loss, perceptual, weights), steps: 1, CPU);
        discriminator = Load(objective.Discriminator!, weights, DiscriminatorPrefix);
    }

    /// <summary>Opens LPIPS from a case's weights, through the files that a user opens.</summary>
    public static PerceptualModel OpenPerceptual(StateDictionary weights)
    {
        var folder = Directory.CreateTempSubdirectory("lpips-");
        try
        {
            var (backbone, heads) = (Path.Combine(folder.FullName, "vgg.safetensors"), Path.Combine(folder.FullName, "heads.safetensors"));
            SafetensorsFile.Write(backbone, weights.Where(pair => pair.Key.StartsWith(TrunkPrefix, StringComparison.Ordinal)));
            SafetensorsFile.Write(heads, Part(weights, PerceptualPrefix + "lin").Select(pair => KeyValuePair.Create("lin" + pair.Key, pair.Value)));
            return PerceptualModel.LoadLpips(backbone, heads);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Computes everything that a step logs, and its gradients, with the discriminator in training or evaluation mode.</summary>
    public void Check(int step, string mode)
    {
        using var scope = NewDisposeScope();
        discriminator.train(mode == "train");
        var prefix = $"step{step}.{mode}.";
        using var pass = Reconstruct();
        golden.Check("reconstruction", pass.Reconstructions);
        using var loss = objective.Evaluate(pass, step);
        loss.Backward();
        golden.Check(prefix + "gen.loss", loss.Total);
        CheckLog(prefix + "gen.train/", loss.Logged);
        CheckGradients(prefix + "gen.grad.", key => key == "loss.logvar" ? objective.LogVariance! : network.get_parameter(key)!);

        discriminator.zero_grad();
        golden.Check(prefix + "disc.loss", loss.BackwardDiscriminator().Value);
        CheckLog(prefix + "disc.train/", loss.Logged);
        var last = discriminator.named_parameters().Last(entry => entry.parameter.dim() == 4).parameter;
        CheckGradients(
            prefix + "disc.grad.", key => key == "last_conv.weight" ? last : discriminator.get_parameter(key[DiscriminatorPrefix.Length..])!);
        golden.Check(
            prefix + "disc.grad_norm_all",
            Math.Sqrt(discriminator.parameters().Sum(parameter => parameter.grad!.to(ScalarType.Float64).pow(Whole(2)).sum().item<double>())));
    }

    // In float64, because one activation of a case's discriminator is 6e-7 from the kink of its ReLU: the last bits of a reconstruction
    // would determine its slope, and with it a thousandth of the gradients. The reference is on the same side as exact arithmetic.
    private AutoencoderPass Reconstruct()
    {
        network.to(ScalarType.Float64);
        var images = golden.Inputs["x"];
        var exact = TrainingForward.Run(network, images.to(ScalarType.Float64), isVq ? zeros(0) : golden.Inputs["noise"]);
        return exact with
        {
            Images = images, Reconstructions = exact.Reconstructions.to(ScalarType.Float32),
            ImageWeights = golden.Inputs.TryGetValue("nll_weights", out var weights) ? weights.flatten() : null,
        };
    }

    public void Dispose()
    {
        network.Dispose();
        objective.Dispose();
    }

    private AutoencoderTrainingOptions Options(CaseSettings loss, PerceptualModel perceptual, StateDictionary weights) => new()
    {
        ReconstructionError = ErrorOf(loss), PerceptualModel = perceptual, PerceptualWeight = loss.Number("perceptual_weight", 1),
        LogVariance = isVq ? 0 : LogVariance(loss, weights), LearnLogVariance = !isVq,
        CodebookWeight = isVq ? loss.Number("codebook_weight", 1) : 1, KullbackLeiblerWeight = isVq ? 0 : loss.Number("kl_weight", 1),
        Adversarial = new AdversarialTrainingOptions
        {
            Loss = loss.Choice("disc_loss", "hinge", ("hinge", AdversarialLoss.Hinge), ("vanilla", AdversarialLoss.Vanilla)),
            Weight = loss.Number("disc_weight", 1), Factor = loss.Number("disc_factor", 1), StartStep = loss.Int("disc_start"),
            Channels = loss.Int("disc_ndf", 64), Layers = loss.Int("disc_num_layers", 3),
            Normalization = loss.Flag("use_actnorm", false) ? DiscriminatorNormalization.ActNorm : DiscriminatorNormalization.Batch,
            ObserveBeforeStart = true,
        },
    };

    // The KL objective of the reference has no choice.
    private ReconstructionError ErrorOf(CaseSettings loss)
    {
        if (!isVq)
            return ReconstructionError.Absolute;
        loss.Expect("perceptual_loss", "lpips");
        return loss.Choice("pixel_loss", "l1", ("l1", ReconstructionError.Absolute), ("l2", ReconstructionError.Squared));
    }

    // A case's weights contain the parameter; its initial value is in the settings.
    private static double LogVariance(CaseSettings loss, StateDictionary weights)
    {
        var initial = loss.Number("logvar_init", 0);
        return weights.TryGetValue("loss.logvar", out var stored) ? stored.item<float>() : initial;
    }

    private VqAutoencoderConfig VqConfig(CaseSettings parameters) =>
        AutoencoderConfigs.Vq(parameters, golden.Settings.ObjectOrEmpty("quantizer"), usedEntries: 0);

    private static T Load<T>(T module, StateDictionary weights, string prefix) where T : nn.Module
    {
        using var part = new StateDictionary();
        var wanted = module.state_dict();
        foreach (var (key, value) in Part(weights, prefix).Where(pair => wanted.ContainsKey(pair.Key)))
            part.Add(key, value.clone());
        foreach (var (key, value) in wanted.Where(pair => pair.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal)))
            part.Add(key, value.clone());                        // counts, which no output depends on
        foreach (var (key, value) in wanted.Where(pair => pair.Key.EndsWith(".initialized", StringComparison.Ordinal) && !part.ContainsKey(pair.Key)))
            part.Add(key, ones_like(value));                     // ActNorm with the case's own scale, not its first batch's
        ModuleWeights.Load(module, part, "the case");
        return module;
    }

    private static IEnumerable<KeyValuePair<string, Tensor>> Part(StateDictionary weights, string prefix) =>
        weights.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal))
            .Select(pair => KeyValuePair.Create(pair.Key[prefix.Length..], pair.Value));

    private void CheckLog(string prefix, IReadOnlyDictionary<string, double> log)
    {
        foreach (var name in golden.OutputsAfter(prefix).Where(log.ContainsKey))
            golden.Check(prefix + name, log[name]);
    }

    private void CheckGradients(string prefix, Func<string, Tensor> parameter)
    {
        foreach (var name in golden.OutputsAfter(prefix))
            golden.Check(prefix + name, parameter(name).grad!);
    }
}
