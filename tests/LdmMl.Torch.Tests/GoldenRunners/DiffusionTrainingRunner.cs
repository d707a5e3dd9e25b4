using System.Text.Json.Nodes;
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
        var config = golden.Config;
        var steps = config["steps"]!.GetValue<int>();
        using var weights = golden.Weights();
        using var autoencoder = TinyModels.Kl();
        using var model = Create(config, autoencoder, weights, golden.Folder);
        using var learner = new DiffusionLearner(model, OptionsOf(config), steps);
        model.Denoiser.train();
        var learnt = Enumerable.Range(1, steps).Select(step => Learn(learner, config, step)).ToArray();

        golden.Check("loss", Values(learnt.Select(batch => batch.Loss)));
        golden.Check("gradient_norm", Values(learnt.Select(batch => batch.GradientNorm)));
        foreach (var (name, parameter) in model.Network.named_parameters())
            golden.Check("after." + name, parameter);
        using var averaged = learner.Ema!.Apply();
        foreach (var (name, parameter) in model.Network.named_parameters())
            golden.Check("average." + name, parameter);
    }

    private static TrainingStep Learn(DiffusionLearner learner, JsonNode config, int step)
    {
        using var scope = NewDisposeScope();
        int Count(string key) => config[key]!.GetValue<int>();
        var (rows, all) = (Count("batch"), Count("steps"));
        long[] shape = [all, rows, Count("latent_channels"), Count("side"), Count("side")];
        var latents = tensor(GeneratedTensors.Values("latents", shape.Aggregate(1L, (a, b) => a * b), Math.Sqrt(3), 0, 31), shape);
        long[] labels = [.. Enumerable.Range(0, rows).Select(row => (long)((step + (2 * row)) % (Count("labels") + 1)))];
        return learner.Learn(new LatentBatch(latents[step - 1], tensor(labels)), step);
    }

    private static LatentDiffusionModel Create(JsonNode config, AutoencoderModel autoencoder, StateDictionary weights, string source)
    {
        int Count(string key) => config[key]!.GetValue<int>();
        var labels = new LabelConditioning { Count = Count("labels"), HasNullLabel = true };
        var model = LatentDiffusionModel.Create(
            autoencoder,
            new LatentDiffusionConfig
            {
                UNet = new UNetConfig
                {
                    InputChannels = Count("latent_channels"), OutputChannels = Count("latent_channels"), BaseChannels = Count("channels"),
                    ChannelMultipliers = [1, 2], ResidualBlocks = 1, NormGroups = Count("norm_groups"), LabelCount = labels.NetworkCount,
                },
                Conditioning = labels, LatentHeight = Count("side"), LatentWidth = Count("side"),
            },
            seed: 0);
        ModuleWeights.Load(model.Network, weights, source);
        return model;
    }

    private static DiffusionTrainingOptions OptionsOf(JsonNode config)
    {
        double Number(string key) => config["options"]![key]!.GetValue<double>();
        return new DiffusionTrainingOptions
        {
            Seed = config["seed"]!.GetValue<long>(), LearningRate = Number("learning_rate"), WarmupSteps = (int)Number("warmup"),
            Beta1 = Number("beta1"), Beta2 = Number("beta2"), WeightDecay = Number("weight_decay"), GradientClipNorm = Number("clip_norm"),
            EmaDecay = Number("ema_decay"),
        };
    }

    private static Tensor Values(IEnumerable<double> values) => tensor(values.ToArray());
}
