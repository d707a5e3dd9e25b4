using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Tests.Training;
using LdmMl.Torch.Training;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>Trainings of a diffusion model: the same weights, latents, timesteps and noise as in PyTorch, through the trainer's learner.</summary>
internal sealed class DiffusionTrainingRunner : IGoldenRunner
{
    public string Group => "diffusion-training";

    public void Run(GoldenCase golden)
    {
        var config = golden.Settings;
        var steps = config.Int("steps");
        using var weights = golden.Weights();
        using var autoencoder = TinyModels.Kl();
        using var model = Create(config, autoencoder, weights, golden.Folder);
        using var learner = new DiffusionLearner(model, OptionsOf(config), steps);
        model.Denoiser.train();
        var batches = Enumerable.Range(1, steps).Select(step => Learn(learner, config, step)).ToArray();

        golden.Check("loss", Values(batches.Select(batch => batch.Loss)));
        golden.Check("gradient_norm", Values(batches.Select(batch => batch.GradientNorm)));
        foreach (var (name, parameter) in model.Network.named_parameters())
            golden.Check("after." + name, parameter);
        using var averaged = learner.Ema!.Apply();
        foreach (var (name, parameter) in model.Network.named_parameters())
            golden.Check("average." + name, parameter);
    }

    private static TrainingStep Learn(DiffusionLearner learner, CaseSettings config, int step)
    {
        using var scope = NewDisposeScope();
        var (rows, all) = (config.Int("batch"), config.Int("steps"));
        long[] shape = [all, rows, config.Int("latent_channels"), config.Int("side"), config.Int("side")];
        var latents = tensor(GeneratedTensors.Values("latents", shape.Aggregate(1L, (a, b) => a * b), Math.Sqrt(3), 0, 31), shape);
        long[] labels = [.. Enumerable.Range(0, rows).Select(row => (long)((step + (2 * row)) % (config.Int("labels") + 1)))];
        return learner.Learn([new LatentBatch(latents[step - 1], tensor(labels))], step);
    }

    private static LatentDiffusionModel Create(CaseSettings config, AutoencoderModel autoencoder, StateDictionary weights, string source)
    {
        var labels = new LabelConditioning { Count = config.Int("labels"), HasNullLabel = true };
        var model = LatentDiffusionModel.Create(
            autoencoder,
            new LatentDiffusionConfig
            {
                UNet = new UNetConfig
                {
                    InputChannels = config.Int("latent_channels"), OutputChannels = config.Int("latent_channels"), BaseChannels = config.Int("channels"),
                    ChannelMultipliers = [1, 2], ResidualBlocks = 1, NormGroups = config.Int("norm_groups"), LabelCount = labels.NetworkCount,
                },
                Conditioning = labels, LatentHeight = config.Int("side"), LatentWidth = config.Int("side"),
            },
            seed: 0);
        ModuleWeights.Load(model.Network, weights, source);
        return model;
    }

    private static DiffusionTrainingOptions OptionsOf(CaseSettings config)
    {
        var options = config.Object("options");
        return new DiffusionTrainingOptions
        {
            Seed = config.Long("seed"), LearningRate = options.Number("learning_rate"), WarmupSteps = (int)options.Number("warmup"),
            Beta1 = options.Number("beta1"), Beta2 = options.Number("beta2"), WeightDecay = options.Number("weight_decay"), GradientClipNorm = options.Number("clip_norm"),
            EmaDecay = options.Number("ema_decay"),
        };
    }

    private static Tensor Values(IEnumerable<double> values) => tensor(values.ToArray());
}
