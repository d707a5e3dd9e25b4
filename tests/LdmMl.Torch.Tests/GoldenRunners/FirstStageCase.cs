using System.Text.Json.Nodes;
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
/// CompVis <c>LPIPSWithDiscriminator</c> and <c>VQLPIPSWithDiscriminator</c> behind an autoencoder, from the case's weights:
/// one generator's pass and one discriminator's pass.
/// </summary>
internal sealed class FirstStageCase : IDisposable
{
    private const string PerceptualPrefix = "loss.perceptual_loss.", DiscriminatorPrefix = "loss.discriminator.", TrunkPrefix = "features.";
    private readonly GoldenCase golden;
    private readonly bool isVq;
    private readonly nn.Module network;
    private readonly NLayerDiscriminator discriminator;
    private readonly AutoencoderObjective objective;

    public FirstStageCase(GoldenCase golden, StateDictionary weights, PerceptualModel perceptual)
    {
        this.golden = golden;
        var parameters = golden.Config["params"]!;
        var loss = parameters["lossconfig"]!["params"]!;
        isVq = golden.Config["target"]!.GetValue<string>().EndsWith("VQModel", StringComparison.Ordinal);
        AutoencoderConfig config = isVq ? VqConfig(parameters) : AutoencoderConfigs.Kl(parameters);
        network = Load(NetworkFactory.Build(config), weights, "");
        var options = new AutoencoderTrainingOptions
        {
            PerceptualModel = perceptual, PerceptualWeight = Number(loss, "perceptual_weight", 1.0),
            LogVariance = isVq ? 0 : weights["loss.logvar"].item<float>(), LearnLogVariance = !isVq,
            KullbackLeiblerWeight = Number(loss, "kl_weight", 1.0), CodebookWeight = Number(loss, "codebook_weight", 1.0),
            Adversarial = new AdversarialTrainingOptions
            {
                Loss = loss["disc_loss"]?.GetValue<string>() == "vanilla" ? AdversarialLoss.Vanilla : AdversarialLoss.Hinge,
                Weight = Number(loss, "disc_weight", 1.0), Factor = Number(loss, "disc_factor", 1.0), StartStep = Number(loss, "disc_start", 0),
                Channels = Number(loss, "disc_ndf", 64), Layers = Number(loss, "disc_num_layers", 3), ObserveBeforeStart = true,
            },
        };
        objective = new AutoencoderObjective(network, config, options, steps: 1, CPU);
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
            return LpipsModel.Load(backbone, heads);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Computes everything that a step logs, and its gradients, with the discriminator in training or evaluation.</summary>
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

    // In float64, for one activation of a case's discriminator lies 6e-7 from the kink of its rectifier: the last bits of a reconstruction
    // would decide its slope, and with it a thousandth of the gradients. The reference is on the side on which exact numbers are, too.
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

    private static VqAutoencoderConfig VqConfig(JsonNode parameters) =>
        AutoencoderConfigs.Vq(parameters, JsonNode.Parse("""{ "beta": 0.25, "legacy": true }""")!, usedEntries: 0);

    private static T Load<T>(T module, StateDictionary weights, string prefix) where T : nn.Module
    {
        using var part = new StateDictionary();
        var wanted = module.state_dict();
        foreach (var (key, value) in Part(weights, prefix).Where(pair => wanted.ContainsKey(pair.Key)))
            part.Add(key, value.clone());
        foreach (var (key, value) in wanted.Where(pair => pair.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal)))
            part.Add(key, value.clone());                        // counts, which no output depends on
        ModuleWeights.Load(module, part, "the case");
        return module;
    }

    private static IEnumerable<KeyValuePair<string, Tensor>> Part(StateDictionary weights, string prefix) =>
        weights.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal))
            .Select(pair => KeyValuePair.Create(pair.Key[prefix.Length..], pair.Value));

    private static T Number<T>(JsonNode loss, string key, T otherwise) => loss[key] is { } value ? value.GetValue<T>() : otherwise;

    private IEnumerable<string> OutputsAfter(string prefix) =>
        golden.Outputs.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Select(key => key[prefix.Length..]);

    private void CheckLog(string prefix, IReadOnlyDictionary<string, double> log)
    {
        foreach (var name in OutputsAfter(prefix).Where(log.ContainsKey))
            golden.Check(prefix + name, log[name]);
    }

    private void CheckGradients(string prefix, Func<string, Tensor> parameter)
    {
        foreach (var name in OutputsAfter(prefix))
            golden.Check(prefix + name, parameter(name).grad!);
    }
}
