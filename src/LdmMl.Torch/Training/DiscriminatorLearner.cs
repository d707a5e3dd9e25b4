using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Discriminators;
using LdmMl.Torch.Training.States;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>A discriminator that learns beside an autoencoder, from the same reconstructions.</summary>
internal sealed class DiscriminatorLearner : IResumable, IDisposable
{
    private readonly NLayerDiscriminator network;
    private readonly AdamOptimizer optimizer;

    public DiscriminatorLearner(NLayerDiscriminator network, AutoencoderTrainingOptions options, int steps)
    {
        this.network = network;
        var adversarial = options.Adversarial!;
        optimizer = new AdamOptimizer(network.parameters())
        {
            Schedule = new(adversarial.LearningRate ?? options.LearningRate, steps, options.WarmupFor(steps), options.Decay),
            Beta1 = adversarial.Beta1, Beta2 = adversarial.Beta2, ClipNorm = adversarial.GradientClipNorm,
        };
    }

    /// <summary>Computes its loss and gradients without moving a weight.</summary>
    /// <exception cref="TrainingDivergedException">The loss or a gradient is not finite.</exception>
    public LossValue Prepare(AutoencoderPass pass, AutoencoderLoss loss, int step)
    {
        optimizer.ClearGradients();
        var value = loss.BackwardDiscriminator();
        if (!double.IsFinite(value.Value))
            throw DivergenceSearch.InDiscriminator(step, network, pass.Images, pass.Reconstructions);
        if (!double.IsFinite(optimizer.Clip()))
            throw DivergenceSearch.InDiscriminatorBackward(step, network);
        return value;
    }

    /// <summary>Moves its weights along the gradients.</summary>
    public void Move(int step) => optimizer.Step(step);

    // Its buffers too: an ActNorm must know that it has been initialised.
    public void Write(TrainingSnapshot snapshot)
    {
        snapshot.Add("weights.", network);
        foreach (var (name, buffer) in network.named_buffers())
            snapshot.Add("buffers." + name, buffer);
        optimizer.Write(snapshot);
    }

    public void Read(TrainingSnapshot snapshot)
    {
        snapshot.Restore("weights.", network);
        foreach (var (name, buffer) in network.named_buffers())
            snapshot.Restore("buffers." + name, buffer);
        optimizer.Read(snapshot);
    }

    public void Dispose() => optimizer.Dispose();
}
