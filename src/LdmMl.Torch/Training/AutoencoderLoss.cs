using LdmMl.Torch.Losses;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>The first stage's loss of one batch, and the start of its backward passes. Dispose it before the next batch.</summary>
public sealed class AutoencoderLoss : IDisposable
{
    private readonly LossLog log;
    private readonly AutoencoderPass pass;
    private readonly Tensor gradient;                            // gradient of the image terms at the reconstructions, [B, C, H, W]
    private readonly int finishedSteps;

    internal AutoencoderLoss(AutoencoderPass pass, Tensor gradient, IReadOnlyList<LossValue> terms, LossLog log, int finishedSteps)
    {
        (this.pass, this.gradient, this.log, this.finishedSteps, Terms) = (pass, gradient, log, finishedSteps, terms);
        Total = terms.Sum(term => term.Weighted);
        log.Set("total_loss", Total);
    }

    /// <summary>Gets the autoencoder's loss: the sum of its weighted terms.</summary>
    public double Total { get; }

    /// <summary>Gets every term with its weight, in the order in which they are summed.</summary>
    public IReadOnlyList<LossValue> Terms { get; }

    /// <summary>Gets the values that the reference logs, under its names; see <see cref="TrainingStep.Logged"/>.</summary>
    public IReadOnlyDictionary<string, double> Logged => log.Values;

    /// <summary>Gets whether the discriminator ran, so that <see cref="BackwardDiscriminator"/> has a loss to differentiate.</summary>
    public bool HasDiscriminatorLoss => Discriminator is not null;

    internal Tensor? LatentLoss { get; init; }                   // a scalar with its history; null without terms of the latents

    internal Parameter? Variance { get; init; }

    internal Tensor? VarianceGradient { get; init; }

    internal Adversary? Adversary { get; init; }

    internal DiscriminatorOutput? Discriminator { get; init; }

    /// <summary>Adds the loss's gradients to those of the autoencoder's parameters and of a learned variance.</summary>
    public void Backward()
    {
        using var scope = NewDisposeScope();
        if (Variance is not null)
            Add(Variance, VarianceGradient!);
        if (LatentLoss is null)
            autograd.backward([pass.Reconstructions], [gradient]);
        else
            autograd.backward([pass.Reconstructions, LatentLoss], [gradient, ones_like(LatentLoss)]);
    }

    /// <summary>
    /// Computes the discriminator's own loss on the same images and reconstructions, and adds its gradients to those of the discriminator's
    /// parameters.
    /// </summary>
    /// <returns>The loss, times its factor; if it is not finite, no gradient was added.</returns>
    /// <exception cref="InvalidOperationException">The discriminator did not run (<see cref="HasDiscriminatorLoss"/>).</exception>
    public LossValue BackwardDiscriminator()
    {
        if (Discriminator is null)
            throw new InvalidOperationException("There is no discriminator, or it has not started yet.");
        using var scope = NewDisposeScope();
        var loss = Adversary!.Loss(pass.Images, Discriminator, finishedSteps, log);
        var value = loss.Read<float>();
        if (float.IsFinite(value))
            loss.backward();
        return new LossValue("discriminator", value, 1);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        gradient.Dispose();
        LatentLoss?.Dispose();
        VarianceGradient?.Dispose();
        Discriminator?.Dispose();
    }

    private static void Add(Parameter parameter, Tensor gradient)
    {
        if (parameter.grad is { } earlier)
            earlier.add_(gradient, Whole(1));
        else
            parameter.grad = gradient;
    }
}
