using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Losses;
using LdmMl.Torch.Training.Monitoring;
using LdmMl.Torch.Training.States;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>Trains a diffusion model to predict the noise in latents (Ho et al. 2020, algorithm 1; Rombach et al. 2022, eq. 2 and 3), and a text
/// one, jointly.</summary>
internal sealed class DiffusionLearner : ILearner<LatentBatch>
{
    private readonly LatentDiffusionModel model;
    private readonly DiffusionNetworks networks;
    private readonly DiffusionTrainingOptions options;
    private readonly GaussianDiffusion diffusion;
    private readonly DiffusionLoss loss;
    private readonly AdamOptimizer optimizer;
    private readonly Generator timesteps;
    private readonly Generator noises;
    private readonly Generator dropped;
    private readonly GradientTree gradients;

    /// <summary>Prepares to train.</summary>
    /// <param name="model">The model to train; still owned by the caller.</param>
    /// <param name="options">How to train.</param>
    /// <param name="steps">The number of steps.</param>
    public DiffusionLearner(LatentDiffusionModel model, DiffusionTrainingOptions options, int steps)
    {
        this.model = model;
        networks = new DiffusionNetworks(model, options);
        this.options = options;
        var schedule = new NoiseSchedule(options.Schedule);
        diffusion = new GaussianDiffusion(schedule);
        loss = new DiffusionLoss(schedule, options.Loss, model.Device);
        timesteps = RandomStream.Timesteps.Create(options.Seed);
        noises = RandomStream.Noise.Create(options.Seed);
        dropped = RandomStream.UnitDropout.Create(options.Seed);
        model.Network.DropoutNoise = dropped;
        optimizer = options.OptimizerFor(networks.Weights, loss.LogVariance, steps, networks.RateFactors(options.TextEncoder));
        gradients = new GradientTree(
            options.Together, options.AccumulatedBatches,
            networks.Lora is { } lora ? [.. lora.ChangedWeights, .. loss.LogVariance is { } variance ? [variance] : Array.Empty<Parameter>()] : optimizer.Parameters);
        Ema = options.EmaDecay is { } decay ? new EmaWeights(networks.Weights, decay) : null;
    }

    /// <summary>Gets the networks.</summary>
    public DiffusionNetworks Networks => networks;

    /// <summary>Gets the moving average; null for none.</summary>
    public EmaWeights? Ema { get; }

    public IEnumerable<Parameter> Weights => networks.Weights;

    public TrainingStep Learn(IEnumerable<MicroBatch<LatentBatch>> batches, int step)
    {
        optimizer.ClearGradients();
        networks.Lora?.ClearGradients();
        networks.Lora?.Merge();
        var reports = gradients.Compute(batches, step, batch => AddGradients(batch, step), Skip);
        networks.Lora?.PassGradients();
        var norm = optimizer.Clip(reports.Count);
        if (!double.IsFinite(norm))
            throw DivergenceSearch.InBackward(step, networks);
        var rate = optimizer.Step(step);
        Ema?.Update();
        return StepAverage.Of(reports) with { GradientNorm = norm, LearningRate = rate };
    }

    private void Skip(LatentBatch batch)
    {
        DrawSteps(batch.Latents.shape[0]);
        Noise(batch.Latents).Dispose();
    }

    private TrainingStep AddGradients(MicroBatch<LatentBatch> part, int step)
    {
        using var scope = NewDisposeScope();
        var batch = part.Value;
        DropBy(part.Index, step);
        var pass = new DenoisingPass(diffusion, options.Loss.Prediction, batch, DrawSteps(batch.Latents.shape[0]), Noise(batch.Latents))
        {
            Convolutions = options.Convolutions,
        };
        var predicted = pass.Predict(networks);
        var target = pass.Target();
        using var value = loss.Compute(predicted, target, pass.Steps);
        predicted.Dispose();                                     // the backward pass keeps what it needs
        var total = value.Total.Read<float>();
        if (!float.IsFinite(total))
            throw DivergenceSearch.InDenoising(step, networks, pass);
        using (new DirectGradients())
            value.Total.backward();
        return new TrainingStep
        {
            Step = step, Loss = total, Terms = Terms(value), Logged = Log(value, total), GradientNorm = 0, LearningRate = 0,
            Signals = SignalReading.Of(batch.Latents, target, value.Simple, options.Loss.Error),
        };
    }

    /// <summary>Measures how well the current weights predict, always with the same noise.</summary>
    public DiffusionValidation Validate(LatentCache latents, TrainingConditions conditions, int step)
    {
        networks.Lora?.Merge();
        networks.Train(false);
        var result = DenoisingValidation.Measure(networks, diffusion, latents, conditions, options, model.Device, step);
        networks.Train(true);
        return result;
    }

    /// <summary>Generates a few images with the current weights, always the same ones.</summary>
    /// <param name="prompts">A text for each image; null for a model without captions.</param>
    /// <param name="step">The number of steps before it.</param>
    public TrainingPreview Show(IReadOnlyList<string>? prompts, int step)
    {
        networks.Lora?.Merge();
        networks.Train(false);
        var sheet = SamplePreview.Of(model, prompts, step);
        networks.Train(true);
        return sheet;
    }

    public void Write(TrainingSnapshot snapshot)
    {
        networks.Write(snapshot);
        if (loss.LogVariance is { } logVariance)
            snapshot.Add("log_variance", logVariance);
        (Ema as IResumable)?.Write(snapshot);
        optimizer.Write(snapshot);
        snapshot.Add(RandomStream.Timesteps, timesteps);
        snapshot.Add(RandomStream.Noise, noises);
    }

    public void Read(TrainingSnapshot snapshot)
    {
        networks.Read(snapshot);
        if (loss.LogVariance is { } logVariance)
            snapshot.Restore("log_variance", logVariance);
        (Ema as IResumable)?.Read(snapshot);
        optimizer.Read(snapshot);
        snapshot.Restore(RandomStream.Timesteps, timesteps);
        snapshot.Restore(RandomStream.Noise, noises);
    }

    public void Dispose()
    {
        model.Network.DropoutNoise = null;
        gradients.Dispose();
        optimizer.Dispose();
        Ema?.Dispose();
        loss.Dispose();
        timesteps.Dispose();
        noises.Dispose();
        dropped.Dispose();
        networks.Dispose();
    }

    private List<LossValue> Terms(DiffusionLossValue value)
    {
        List<LossValue> terms = [];
        if (options.Loss.SimpleWeight > 0)
            terms.Add(new LossValue("prediction", value.Scaled, options.Loss.SimpleWeight));
        if (options.Loss.VariationalWeight > 0)
            terms.Add(new LossValue("variational", value.Variational, options.Loss.VariationalWeight));
        return terms;
    }

    private static Dictionary<string, double> Log(DiffusionLossValue value, double total) => new()
    {
        ["loss_simple"] = value.Simple, ["loss_gamma"] = value.Scaled, ["loss_vlb"] = value.Variational, ["loss"] = total,
    };

    private long[] DrawSteps(long rows)
    {
        using var drawn = randint(0, diffusion.Schedule.Steps, [rows], generator: timesteps);
        return drawn.data<long>().ToArray();
    }

    // The units that a batch drops follow from its place in the training alone, so that no process needs to draw those of others.
    private void DropBy(int index, int step) =>
        dropped.manual_seed(RandomStream.UnitDropout.SeedFrom(unchecked((options.Seed * 0x5851F42D4C957F2D) + ((long)step << 20) + index)));

    // Drawn on the CPU wherever the model is, so that a seed gives the same noise on every device.
    private Tensor Noise(Tensor latents) => randn(latents.shape, generator: noises).to(model.Device);
}
