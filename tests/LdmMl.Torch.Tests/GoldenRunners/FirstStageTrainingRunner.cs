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
        var config = golden.Settings;
        using var weights = golden.Weights();
        using var perceptual = OpenPerceptual(weights);
        using var model = AutoencoderModel.Create(NetworkOf(config), seed: 0);
        using (var part = Part(weights, key => !IsPerceptual(key)))
            ModuleWeights.Load(model.Network, part, golden.Folder);

        var options = OptionsOf(config, perceptual);
        var steps = config.Int("steps");
        model.Network.train();
        using var batches = new BatchReader(
            new ToyImages(config.Int("images"), config.Int("side")), model.Config.PixelRange, options);
        using var learner = new AutoencoderLearner(model, options, steps);
        using var run = new TrainingRun<Tensor>(learner, batches, steps);
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

    private static KlAutoencoderConfig NetworkOf(CaseSettings config) => new()
    {
        BaseChannels = config.Int("channels"), ChannelMultipliers = [1, 2], LatentChannels = config.Int("latent_channels"),
        NormGroups = config.Int("norm_groups"), ResidualBlocks = 1, MiddleAttention = false,
        Resolution = config.Int("side"),
    };

    private static AutoencoderTrainingOptions OptionsOf(CaseSettings config, PerceptualModel perceptual)
    {
        var options = config.Object("options");
        return new AutoencoderTrainingOptions
        {
            Steps = config.Int("steps"), BatchSize = config.Int("batch"), Seed = config.Long("seed"),
            LearningRate = options.Number("learning_rate"), WarmupSteps = 0, Decay = LearningRateDecay.None,
            Beta1 = options.Number("beta1"), Beta2 = options.Number("beta2"),
            KullbackLeiblerWeight = options.Number("kl_weight"),
            PerceptualModel = perceptual, PerceptualWeight = options.Number("perceptual_weight"),
            LogVariance = options.Number("logvar_init"), LearnLogVariance = true,
            Adversarial = new AdversarialTrainingOptions
            {
                StartStep = options.Int("disc_start"), Weight = options.Number("disc_weight"), Factor = options.Number("disc_factor"), Channels = options.Int("disc_ndf"),
                Layers = options.Int("disc_num_layers"), LearningRate = options.Number("disc_learning_rate"),
                Beta1 = options.Number("disc_beta1"), Beta2 = options.Number("disc_beta2"),
                ObserveBeforeStart = true,
            },
        };
    }

    private static PerceptualModel OpenPerceptual(StateDictionary weights)
    {
        var folder = Directory.CreateTempSubdirectory("trunk-");
        try
        {
            var trunk = Path.Combine(folder.FullName, "trunk.safetensors");
            SafetensorsFile.Write(trunk, weights.Where(pair => IsPerceptual(pair.Key)));
            return PerceptualModel.LoadUncalibrated(trunk);
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
