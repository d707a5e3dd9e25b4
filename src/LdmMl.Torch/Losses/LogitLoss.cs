using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Losses;

/// <summary>The losses of a discriminator and of its generator, as functions of the logits.</summary>
internal static class LogitLoss
{
    /// <summary>Computes the discriminator's loss (taming-transformers <c>hinge_d_loss</c>, <c>vanilla_d_loss</c>).</summary>
    /// <param name="loss">The kind of loss.</param>
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
    /// <param name="loss">The kind of loss.</param>
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

    /// <summary>Computes the generator's loss: the mean logit of its images, negated (<c>g_loss</c>).</summary>
    public static Tensor OfGenerator(Tensor generated)           // [B, 1, h, w] -> []
    {
        using var mean = generated.mean();
        return -mean;
    }

    // The penalty for logits that should be high.
    private static Tensor Shortfall(AdversarialLoss loss, Tensor logits) =>
        loss == AdversarialLoss.Hinge ? (Real(1) - logits).relu() : -nn.functional.logsigmoid(logits);
}
