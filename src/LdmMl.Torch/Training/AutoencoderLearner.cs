using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Discriminators;
using LdmMl.Torch.Models.Perceptual;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>An autoencoder that learns the objective of a first stage, with a discriminator beside it where the options ask for one.</summary>
internal sealed class AutoencoderLearner : ILearner<Tensor>
{
    private readonly AutoencoderModel model;
    private readonly AutoencoderTrainingOptions options;
    private readonly PerceptualModel? perceptual;
    private readonly PixelLikelihood likelihood;
    private readonly DiscriminatorLearner? discriminator;
    private readonly FirstStageObjective objective;
    private readonly ScheduledOptimizer optimizer;
    private readonly Generator noises;
    private readonly Parameter lastLayer;

    /// <summary>Prepares to train.</summary>
    /// <param name="model">The model; it stays with the caller.</param>
    /// <param name="options">How to train it.</param>
    /// <param name="steps">How many steps it will be.</param>
    public AutoencoderLearner(AutoencoderModel model, AutoencoderTrainingOptions options, int steps)
    {
        this.model = model;
        this.options = options;
        perceptual = options.PerceptualModel?.To(model.Device, options.PerceptualModel.Precision);
        likelihood = FirstStage.LikelihoodOf(model, options);
        discriminator = options.Adversarial is null ? null : new DiscriminatorLearner(model, options, steps);
        objective = FirstStage.ObjectiveOf(model.Config, options, perceptual, likelihood, discriminator?.Adversary);
        noises = RandomStream.Noise.Create(options.Seed);
        var schedule = new LearningRateSchedule(options.LearningRate, options.WarmupSteps, options.Decay, steps);
        var settings = new OptimizerSettings(options.Beta1, options.Beta2, options.WeightDecay, options.GradientClipNorm);
        optimizer = new ScheduledOptimizer(model.Network.parameters(), likelihood.Parameter, settings, schedule);
        lastLayer = model.Network.named_parameters()
            .Last(entry => entry.name.StartsWith("decoder.", StringComparison.Ordinal) && entry.parameter.dim() == 4).parameter;
    }

    /// <summary>Gets the discriminator; null for none.</summary>
    public NLayerDiscriminator? Discriminator => discriminator?.Network;

    /// <summary>Gets the learnt logarithm of the pixels' variance; null where it is fixed.</summary>
    public Tensor? LogVariance => likelihood.Parameter;

    public LearntBatch Learn(Tensor images, int step)
    {
        using var scope = NewDisposeScope();
        var noise = Noise(images);                               // [B, c, h, w]
        using var pass = TrainingForward.Run(model.Network, images, noise);
        optimizer.ClearGradients();
        using var evaluated = objective.Evaluate(pass, lastLayer, step - 1);
        if (!double.IsFinite(evaluated.Total))
            throw Explain(step, pass, noise, evaluated.Terms);
        evaluated.Backward();
        var norm = optimizer.Clip();
        if (!double.IsFinite(norm))
            throw DivergenceSearch.InBackward(step, model.Network);

        // Every gradient is known to be finite before a weight moves.
        LossValue? judged = evaluated.Judgement is { } judgement ? discriminator!.Prepare(pass, judgement, step, evaluated.Log) : null;
        var rate = optimizer.Step(step);
        if (judged is not null)
            discriminator!.Move(step);
        return new LearntBatch
        {
            Loss = evaluated.Total, Terms = evaluated.Terms, Logged = evaluated.Log.Values, Discriminator = judged,
            GradientNorm = norm, LearningRate = rate,
        };
    }

    public void Dispose()
    {
        optimizer.Dispose();
        noises.Dispose();
        discriminator?.Dispose();
        likelihood.Dispose();
        perceptual?.Dispose();
    }

    private TrainingDivergedException Explain(int step, AutoencoderPass pass, Tensor noise, IReadOnlyList<LossValue> terms) =>
        DivergenceSearch.InForward(step, model.Network, pass.Images, noise, terms, discriminator?.Network, pass.Reconstructions);

    // Drawn on the CPU wherever the model is, so that a seed means the same noise on every device.
    private Tensor Noise(Tensor images)
    {
        var factor = model.Config.DownsampleFactor;
        long[] shape = [images.shape[0], model.Config.LatentChannels, images.shape[2] / factor, images.shape[3] / factor];
        return randn(shape, generator: noises).to(model.Device);
    }
}
