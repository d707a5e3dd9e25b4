using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Discriminators;
using LdmMl.Torch.Training.States;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>Trains a discriminator alongside an autoencoder, on the same reconstructions.</summary>
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

    /// <summary>Gets the parameters that it updates.</summary>
    public IReadOnlyList<Parameter> Parameters => optimizer.Parameters;

    /// <summary>Frees the gradients.</summary>
    public void ClearGradients() => optimizer.ClearGradients();

    /// <summary>Computes its loss on a batch and adds its gradients to those of the batches before.</summary>
    /// <exception cref="TrainingDivergedException">The loss is not finite.</exception>
    public LossValue AddGradients(AutoencoderPass pass, AutoencoderLoss loss, int step)
    {
        var value = loss.BackwardDiscriminator();
        return double.IsFinite(value.Value) ? value : throw DivergenceSearch.InDiscriminator(step, network, pass.Images, pass.Reconstructions);
    }

    /// <summary>Clips the gradients.</summary>
    /// <exception cref="TrainingDivergedException">A gradient is not finite.</exception>
    public void Clip(int batches, int step)
    {
        if (!double.IsFinite(optimizer.Clip(batches)))
            throw DivergenceSearch.InDiscriminatorBackward(step, network);
    }

    /// <summary>Updates its weights.</summary>
    public void Move(int step) => optimizer.Step(step);

    // Its buffers too: an ActNorm stores whether it has been initialised.
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
