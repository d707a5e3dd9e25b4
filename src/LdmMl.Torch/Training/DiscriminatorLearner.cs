using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Discriminators;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>A discriminator that learns beside an autoencoder, from the same reconstructions.</summary>
internal sealed class DiscriminatorLearner : IDisposable
{
    private readonly ScheduledOptimizer optimizer;

    public DiscriminatorLearner(AutoencoderModel model, AutoencoderTrainingOptions options, int steps)
    {
        var adversarial = options.Adversarial!;
        Network = new NLayerDiscriminator(
            adversarial.ConfigFor(model.Config.ImageChannels), RandomStream.Discriminator.SeedFrom(options.Seed), model.Device);
        foreach (var tensor in Network.parameters().Concat(Network.buffers()))
            tensor.DetachFromDisposeScope();                     // it lives as long as this object
        Adversary = new Adversary(Network, adversarial.SettingsFor(steps));
        var schedule = new LearningRateSchedule(adversarial.LearningRate ?? options.LearningRate, options.WarmupSteps, options.Decay, steps);
        var settings = new OptimizerSettings(adversarial.Beta1, adversarial.Beta2, ClipNorm: adversarial.GradientClipNorm);
        optimizer = new ScheduledOptimizer(Network.parameters(), scale: null, settings, schedule);
    }

    public NLayerDiscriminator Network { get; }

    public Adversary Adversary { get; }

    /// <summary>Computes its loss and gradients without moving a weight.</summary>
    /// <exception cref="TrainingDivergedException">The loss or a gradient is not finite.</exception>
    public LossValue Prepare(AutoencoderPass pass, Judgement judgement, int step, LossLog log)
    {
        using var scope = NewDisposeScope();
        optimizer.ClearGradients();
        var loss = Adversary.Loss(pass.Images, judgement, step - 1, log);
        var value = loss.Read<float>();
        if (!float.IsFinite(value))
            throw DivergenceSearch.InDiscriminator(step, Network, pass.Images, pass.Reconstructions);
        loss.backward();
        if (!double.IsFinite(optimizer.Clip()))
            throw DivergenceSearch.InDiscriminatorBackward(step, Network);
        return new LossValue("discriminator", value, 1);
    }

    /// <summary>Moves its weights along the gradients.</summary>
    public void Move(int step) => optimizer.Step(step);

    public void Dispose()
    {
        optimizer.Dispose();
        Network.Dispose();
    }
}
