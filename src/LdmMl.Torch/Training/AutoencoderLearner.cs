using LdmMl.Torch.Layers;
using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Discriminators;
using LdmMl.Torch.Training.Monitoring;
using LdmMl.Torch.Training.States;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>Trains an autoencoder on the objective of a first stage, with a discriminator if the options have one.</summary>
internal sealed class AutoencoderLearner : ILearner<Tensor>
{
    private readonly AutoencoderModel model;
    private readonly AutoencoderObjective objective;
    private readonly DiscriminatorLearner? discriminator;
    private readonly AdamOptimizer optimizer;
    private readonly Generator noises;
    private readonly GradientTree gradients;

    /// <summary>Prepares to train.</summary>
    /// <param name="model">The model; still owned by the caller.</param>
    /// <param name="options">The training options.</param>
    /// <param name="steps">The number of steps.</param>
    public AutoencoderLearner(AutoencoderModel model, AutoencoderTrainingOptions options, int steps)
    {
        this.model = model;
        objective = new AutoencoderObjective(model.Network, model.Config, options, steps, model.Device);
        discriminator = objective.Discriminator is { } opponent ? new DiscriminatorLearner(opponent, options, steps) : null;
        noises = RandomStream.Noise.Create(options.Seed);
        optimizer = options.OptimizerFor(model.Network.parameters(), objective.LogVariance, steps);
        gradients = new GradientTree(
            options.Together, options.AccumulatedBatches, [.. optimizer.Parameters, .. discriminator?.Parameters ?? []], [.. Discriminator?.buffers() ?? []]);
        Ema = options.EmaDecay is { } decay ? new EmaWeights(model.Network.parameters(), decay) : null;
    }

    /// <summary>Gets the moving average; null for none.</summary>
    public EmaWeights? Ema { get; }

    /// <summary>Gets the discriminator; null for none.</summary>
    public NLayerDiscriminator? Discriminator => objective.Discriminator;

    /// <summary>Gets the learned logarithm of the pixels' variance; null if it is fixed.</summary>
    public Tensor? LogVariance => objective.LogVariance;

    /// <summary>Halves the adversarial losses the given number of times.</summary>
    public void EaseAdversary(int times) => objective.EaseAdversary(times);

    public IEnumerable<Parameter> Weights => model.Network.parameters();

    public TrainingStep Learn(IEnumerable<MicroBatch<Tensor>> batches, int step)
    {
        optimizer.ClearGradients();
        discriminator?.ClearGradients();
        var reports = gradients.Compute(
            batches, step, images => AddGradients(images.Value, step), images => objective.Draw(images, noises).Dispose());
        var norm = optimizer.Clip(reports.Count);
        if (!double.IsFinite(norm))
            throw DivergenceSearch.InBackward(step, model.Network);

        // Every gradient is known to be finite before a weight changes.
        var isOpposed = reports[^1].Discriminator is not null;
        if (isOpposed)
            discriminator!.Clip(reports.Count, step);
        var rate = optimizer.Step(step);
        if (isOpposed)
            discriminator!.Move(step);
        Ema?.Update();
        return StepAverage.Of(reports) with { GradientNorm = norm, LearningRate = rate };
    }

    private TrainingStep AddGradients(Tensor images, int step)
    {
        using var scope = NewDisposeScope();
        var draw = objective.Draw(images, noises);
        using var pass = objective.Forward(images, draw);
        using var loss = objective.Evaluate(pass, step - 1);
        if (!double.IsFinite(loss.Total))
            throw Explain(step, pass, () => objective.Forward(images, draw), loss.Terms);
        using (new DirectGradients())
            loss.Backward();
        LossValue? opposed = loss.HasDiscriminatorLoss ? discriminator!.AddGradients(pass, loss, step) : null;
        return new TrainingStep
        {
            Step = step, Loss = loss.Total, Terms = loss.Terms, Logged = loss.Logged, Discriminator = opposed, GradientNorm = 0, LearningRate = 0,
            Signals = SignalReading.Of(pass, model.Config is VqAutoencoderConfig codebook ? codebook.LearnedEntries : 0),
        };
    }

    public void Write(TrainingSnapshot snapshot)
    {
        snapshot.Add("weights.", model.Network);
        if (LogVariance is { } variance)
            snapshot.Add("log_variance", variance);
        (Ema as IResumable)?.Write(snapshot);
        optimizer.Write(snapshot);
        discriminator?.Write(snapshot.Under("discriminator."));
        snapshot.Add(RandomStream.Noise, noises);
    }

    public void Read(TrainingSnapshot snapshot)
    {
        snapshot.Restore("weights.", model.Network);
        if (LogVariance is { } variance)
            snapshot.Restore("log_variance", variance);
        (Ema as IResumable)?.Read(snapshot);
        optimizer.Read(snapshot);
        discriminator?.Read(snapshot.Under("discriminator."));
        snapshot.Restore(RandomStream.Noise, noises);
    }

    public void Dispose()
    {
        gradients.Dispose();
        optimizer.Dispose();
        discriminator?.Dispose();
        Ema?.Dispose();
        noises.Dispose();
        objective.Dispose();
    }

    private TrainingDivergedException Explain(int step, AutoencoderPass pass, Func<AutoencoderPass> again, IReadOnlyList<LossValue> terms) =>
        DivergenceSearch.InForward(step, model.Network, pass, again, terms, Discriminator);
}
