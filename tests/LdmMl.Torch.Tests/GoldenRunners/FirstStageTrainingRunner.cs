using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tests.Training;
using LdmMl.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>Whole trainings: the same model, order, noise and objective as in PyTorch, step by step through the trainer's own loop.</summary>
internal sealed class FirstStageTrainingRunner : IGoldenRunner
{
    public string Group => "first-stage-training";

    public void Run(GoldenCase golden)
    {
        var config = golden.Config;
        using var weights = golden.Weights();
        using var perceptual = OpenPerceptual(weights);
        using var model = AutoencoderModel.Create(NetworkOf(config), seed: 0);
        using (var part = Part(weights, key => !IsPerceptual(key)))
            ModuleWeights.Load(model.Network, part, golden.Folder);

        var options = OptionsOf(config, perceptual);
        var steps = config["steps"]!.GetValue<int>();
        model.Network.train();
        using var batches = new BatchReader(
            new ToyImages(config["images"]!.GetValue<int>(), config["side"]!.GetValue<int>()), model.Config.PixelRange, options);
        using var learner = new AutoencoderLearner(model, options, steps);
        var run = new TrainingRun<Tensor>(learner, batches, steps);
        var logs = Enumerable.Range(0, steps).Select(_ => run.Advance().Logged).ToArray();

        foreach (var output in golden.Outputs.Keys)
            Check(golden, output, logs, model, learner);
    }

    private static void Check(
        GoldenCase golden, string output, IReadOnlyDictionary<string, double>[] logs, AutoencoderModel model, AutoencoderLearner learner)
    {
        using var scope = NewDisposeScope();
        var (kind, name) = (output[..output.IndexOf('.')], output[(output.IndexOf('.') + 1)..]);
        golden.Check(output, (kind, name) switch
        {
            ("log", _) => tensor(logs.Select(log => log[name]).ToArray()),
            ("after", "loss.logvar") => learner.LogVariance!,
            ("after", _) when name.StartsWith("loss.discriminator.", StringComparison.Ordinal) =>
                learner.Discriminator!.get_parameter(name["loss.discriminator.".Length..])!,
            _ => model.Network.get_parameter(name)!,
        });
    }

    private static KlAutoencoderConfig NetworkOf(JsonNode config) => new()
    {
        BaseChannels = config["channels"]!.GetValue<int>(), ChannelMultipliers = [1, 2], LatentChannels = config["latent_channels"]!.GetValue<int>(),
        NormGroups = config["norm_groups"]!.GetValue<int>(), ResidualBlocks = 1, MiddleAttention = false,
        Resolution = config["side"]!.GetValue<int>(),
    };

    private static AutoencoderTrainingOptions OptionsOf(JsonNode config, PerceptualModel perceptual)
    {
        double Number(string key) => config["options"]![key]!.GetValue<double>();
        int Count(string key) => config["options"]![key]!.GetValue<int>();
        return new AutoencoderTrainingOptions
        {
            Steps = config["steps"]!.GetValue<int>(), BatchSize = config["batch"]!.GetValue<int>(), Seed = config["seed"]!.GetValue<long>(),
            LearningRate = Number("learning_rate"), WarmupSteps = 0, Decay = LearningRateDecay.None, Beta1 = Number("beta1"), Beta2 = Number("beta2"), KullbackLeiblerWeight = Number("kl_weight"),
            PerceptualModel = perceptual, PerceptualWeight = Number("perceptual_weight"),
            LogVariance = Number("logvar_init"), LearnLogVariance = true,
            Adversarial = new AdversarialTrainingOptions
            {
                StartStep = Count("disc_start"), Weight = Number("disc_weight"), Factor = Number("disc_factor"), Channels = Count("disc_ndf"),
                Layers = Count("disc_num_layers"), LearningRate = Number("disc_learning_rate"),
                Beta1 = Number("disc_beta1"), Beta2 = Number("disc_beta2"),
                ObserveBeforeStart = true,
            },
        };
    }

    private static UncalibratedPerceptualModel OpenPerceptual(StateDictionary weights)
    {
        var folder = Directory.CreateTempSubdirectory("trunk-");
        try
        {
            var trunk = Path.Combine(folder.FullName, "trunk.safetensors");
            SafetensorsFile.Write(trunk, weights.Where(pair => IsPerceptual(pair.Key)));
            return UncalibratedPerceptualModel.Load(trunk);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static bool IsPerceptual(string key) => key.StartsWith("features.", StringComparison.Ordinal);

    private static StateDictionary Part(StateDictionary weights, Func<string, bool> wanted)
    {
        var part = new StateDictionary();
        foreach (var (key, value) in weights.Where(pair => wanted(pair.Key)))
            part.Add(key, value.clone());
        return part;
    }
}
