using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Discriminators;
using LdmMl.Torch.Training.Monitoring;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>The two roles of a discriminator in a training: its output for reconstructions, and its own loss.</summary>
/// <param name="network">The discriminator; still owned by the caller.</param>
/// <param name="options">The losses and their weights.</param>
/// <param name="startStep">The number of steps after which the losses count (<c>disc_start</c>).</param>
internal sealed class Adversary(NLayerDiscriminator network, AdversarialTrainingOptions options, int startStep)
{
    // These keep the weight finite if the discriminator's gradient vanishes (the reference's constants).
    internal const float SmallestNorm = 1e-4f, LargestWeight = 1e4f;

    public NLayerDiscriminator Network => network;

    /// <summary>
    /// Gets or sets the factor of the adversarial losses: below 1 after a rollback (<see cref="Rollback"/>).
    /// </summary>
    public double Share { get; set; } = 1;

    /// <summary>
    /// Computes the factor of both adversarial losses after a number of finished steps (<c>adopt_weight</c>): 0, then rising linearly to its full
    /// value.
    /// </summary>
    public double FactorAfter(int steps) =>
        steps < startStep ? 0 : options.Factor * Share * Math.Min(1, (steps - startStep + 1.0) / Math.Max(1, options.RampSteps));

    /// <summary>Returns whether the discriminator runs after a number of finished steps.</summary>
    public bool RunsAfter(int steps) => options.ObserveBeforeStart || FactorAfter(steps) > 0;

    /// <summary>Runs the discriminator on reconstructions for the autoencoder's step; no weight of the discriminator gets a gradient.</summary>
    /// <param name="reconstructions">Reconstructions [B, C, H, W] that require gradients and have no history.</param>
    /// <returns>The output; the caller disposes it.</returns>
    public DiscriminatorOutput Judge(Tensor reconstructions)
    {
        using var scope = NewDisposeScope();
        var logits = network.call(reconstructions);
        var loss = LogitLoss.OfGenerator(logits);
        var gradient = autograd.grad([loss], [reconstructions], retain_graph: true)[0];
        return new DiscriminatorOutput(loss.Read<float>(), gradient.DetachFromDisposeScope(), logits.DetachFromDisposeScope());
    }

    /// <summary>
    /// Computes the weight at which the adversarial gradient at the decoder's last layer has the norm of the likelihood's
    /// (<c>d_weight</c>; Esser et al. 2021, eq. 7), times the chosen weight.
    /// </summary>
    /// <param name="reconstructions">Reconstructions with their history.</param>
    /// <param name="lastLayer">The kernel of the last layer, a parameter in that history.</param>
    /// <param name="likelihood">The likelihood's gradient at the reconstructions.</param>
    /// <param name="adversarial">The adversarial loss's gradient there.</param>
    public double AdaptiveWeight(Tensor reconstructions, Tensor lastLayer, Tensor likelihood, Tensor adversarial)
    {
        using var scope = NewDisposeScope();
        var ratio = Norm(likelihood) / (Norm(adversarial) + SmallestNorm);
        return Math.Clamp(ratio, 0f, LargestWeight) * options.Weight;

        float Norm(Tensor gradient) => autograd.grad([reconstructions], [lastLayer], [gradient], retain_graph: true)[0].norm().Read<float>();
    }

    /// <summary>Computes the discriminator's own loss and logs it.</summary>
    /// <param name="images">Images [B, C, H, W].</param>
    /// <param name="output">Its output for their reconstructions, with its current weights; it is not run on them again.</param>
    /// <param name="finishedSteps">The number of finished steps.</param>
    /// <param name="log">Receives <c>disc_loss</c>, <c>logits_real</c> and <c>logits_fake</c>.</param>
    /// <returns>A scalar with gradients.</returns>
    public Tensor Loss(Tensor images, DiscriminatorOutput output, int finishedSteps, LossLog log)
    {
        using var scope = NewDisposeScope();
        var real = network.call(images);                         // [B, 1, h, w]
        var loss = LogitLoss.OfDiscriminator(options.Loss, real, output.Logits) * Real(FactorAfter(finishedSteps));
        log.Set("disc_loss", loss.Read<float>());
        log.Set("logits_real", real.mean().Read<float>());
        log.Set("logits_fake", output.Logits.mean().Read<float>());
        return scope.MoveToOuter(loss);
    }
}
