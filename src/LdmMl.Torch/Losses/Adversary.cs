using LdmMl.Torch.Models.Discriminators;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Losses;

/// <summary>The discriminator's two parts in a training: judging reconstructions, and learning to judge.</summary>
internal sealed class Adversary(NLayerDiscriminator discriminator, AdversarialSettings settings)
{
    // Keeps the weight finite where the discriminator has no opinion (the reference's constants).
    private const float SmallestNorm = 1e-4f, LargestWeight = 1e4f;

    public AdversarialSettings Settings => settings;

    /// <summary>Judges reconstructions for the autoencoder's step: the discriminator itself learns nothing from it.</summary>
    /// <param name="reconstructions">Reconstructions [B, C, H, W] that require gradients and have no history.</param>
    /// <returns>The judgement; the caller disposes it.</returns>
    public Judgement Judge(Tensor reconstructions)
    {
        using var scope = NewDisposeScope();
        var logits = discriminator.call(reconstructions);
        var loss = LogitLoss.OfGenerator(logits);
        var gradient = autograd.grad([loss], [reconstructions], retain_graph: true)[0];
        return new Judgement(loss.Read<float>(), gradient.DetachFromDisposeScope(), logits.DetachFromDisposeScope());
    }

    /// <summary>
    /// Computes the weight under which the adversarial loss pulls at the decoder's last layer as hard as the likelihood does
    /// (Esser et al. 2021, eq. 7), times the chosen weight.
    /// </summary>
    /// <param name="reconstructions">Reconstructions with their history.</param>
    /// <param name="lastLayer">The kernel of the last layer, a parameter in that history.</param>
    /// <param name="likelihood">The likelihood's gradient at the reconstructions.</param>
    /// <param name="adversarial">The adversarial loss's gradient there.</param>
    public double AdaptiveWeight(Tensor reconstructions, Tensor lastLayer, Tensor likelihood, Tensor adversarial)
    {
        using var scope = NewDisposeScope();
        var ratio = Norm(likelihood) / (Norm(adversarial) + SmallestNorm);
        return Math.Clamp(ratio, 0f, LargestWeight) * settings.Weight;

        float Norm(Tensor gradient) => autograd.grad([reconstructions], [lastLayer], [gradient], retain_graph: true)[0].norm().Read<float>();
    }

    /// <summary>Computes the discriminator's own loss and logs it.</summary>
    /// <param name="images">Images [B, C, H, W].</param>
    /// <param name="judgement">What it said of their reconstructions, with its weights as they still are; it is not run on them again.</param>
    /// <param name="finishedSteps">How many steps are done.</param>
    /// <param name="log">Gets <c>disc_loss</c>, <c>logits_real</c> and <c>logits_fake</c>.</param>
    /// <returns>A scalar with gradients.</returns>
    public Tensor Loss(Tensor images, Judgement judgement, int finishedSteps, LossLog log)
    {
        using var scope = NewDisposeScope();
        var real = discriminator.call(images);                   // [B, 1, h, w]
        var loss = LogitLoss.OfDiscriminator(settings.Loss, real, judgement.Logits) * Real(settings.FactorAfter(finishedSteps));
        log.Set("disc_loss", loss.Read<float>());
        log.Set("logits_real", real.mean().Read<float>());
        log.Set("logits_fake", judgement.Logits.mean().Read<float>());
        return scope.MoveToOuter(loss);
    }
}
