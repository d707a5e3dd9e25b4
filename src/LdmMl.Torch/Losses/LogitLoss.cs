using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Losses;

/// <summary>The losses of a discriminator and of what it judges, as functions of its logits.</summary>
internal static class LogitLoss
{
    /// <summary>Computes the discriminator's loss (taming-transformers <c>hinge_d_loss</c>, <c>vanilla_d_loss</c>).</summary>
    /// <param name="loss">Which.</param>
    /// <param name="real">Logits of real images, [B, 1, h, w].</param>
    /// <param name="generated">Logits of generated images, of the same shape.</param>
    /// <returns>A scalar with gradients.</returns>
    public static Tensor OfDiscriminator(AdversarialLoss loss, Tensor real, Tensor generated)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(Shortfall(loss, real).mean().Plus(Shortfall(loss, -generated).mean()) * Real(0.5));
    }

    /// <summary>
    /// Computes the discriminator's loss with a weight for each image (taming-transformers <c>hinge_d_loss_with_exemplar_weights</c>).
    /// </summary>
    /// <param name="loss">Which.</param>
    /// <param name="real">Logits of real images, [B, 1, h, w].</param>
    /// <param name="generated">Logits of generated images, of the same shape.</param>
    /// <param name="weights">Weights [B]; only their proportions count.</param>
    /// <returns>A scalar with gradients.</returns>
    public static Tensor OfDiscriminator(AdversarialLoss loss, Tensor real, Tensor generated, Tensor weights)
    {
        using var scope = NewDisposeScope();
        var each = Shortfall(loss, real).mean([1L, 2L, 3L]).Plus(Shortfall(loss, -generated).mean([1L, 2L, 3L]));   // [B]
        return scope.MoveToOuter((weights * each).sum() / weights.sum() * Real(0.5));
    }

    /// <summary>Computes the loss of what made the images: their mean logit, negated.</summary>
    public static Tensor OfGenerator(Tensor generated)           // [B, 1, h, w] -> []
    {
        using var mean = generated.mean();
        return -mean;
    }

    // How far logits are from what is wanted of them; wanted are high ones.
    private static Tensor Shortfall(AdversarialLoss loss, Tensor logits) =>
        loss == AdversarialLoss.Hinge ? (Real(1) - logits).relu() : -nn.functional.logsigmoid(logits);
}
