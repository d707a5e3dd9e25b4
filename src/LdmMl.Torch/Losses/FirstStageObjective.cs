using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Losses;

/// <summary>
/// The whole objective of a first stage (Rombach et al. 2022, eq. 25; CompVis <c>LPIPSWithDiscriminator</c> and <c>VQLPIPSWithDiscriminator</c>):
/// an ordered list of named, weighted terms, and a discriminator whose weight adapts to them.
/// </summary>
/// <param name="imageTerms">The terms that see the reconstruction; their sum is CompVis <c>nll_loss</c>.</param>
/// <param name="latentTerms">The terms that see the latents.</param>
/// <param name="likelihood">The scale of errors in image space, learnt or fixed.</param>
/// <param name="adversary">The discriminator; null for none.</param>
internal sealed class FirstStageObjective(
    IReadOnlyList<IAutoencoderLossTerm> imageTerms, IReadOnlyList<IAutoencoderLossTerm> latentTerms, PixelLikelihood likelihood, Adversary? adversary)
{
    /// <summary>Computes the autoencoder's loss and its gradients at the reconstructions.</summary>
    /// <param name="pass">What went through the autoencoder.</param>
    /// <param name="lastLayer">The kernel of the decoder's last layer.</param>
    /// <param name="finishedSteps">How many steps are done.</param>
    /// <remarks>
    /// The image terms and the discriminator are differentiated once, down to the reconstructions: the adaptive weight and the autoencoder both
    /// go on from there, where the reference runs through all of them for each.
    /// </remarks>
    public EvaluatedObjective Evaluate(AutoencoderPass pass, Tensor lastLayer, int finishedSteps)
    {
        using var scope = NewDisposeScope();
        var (log, values) = (new LossLog(), new List<LossValue>());
        log.Set("total_loss", 0);
        if (likelihood.Reduction == LossReduction.SumOfImage)
            log.Set("logvar", likelihood.LogVariance);
        var reconstructions = pass.Reconstructions.detach().requires_grad_();
        var errors = Sum(imageTerms, pass with { Reconstructions = reconstructions }, log, values);   // [B]
        log.Set("nll_loss", errors.mean().Read<float>());
        var gradients = Differentiate(errors, pass.ImageWeights, reconstructions);
        var latentLoss = latentTerms.Count == 0 ? null : Sum(latentTerms, pass with { ImageWeights = null }, log, values).mean();

        var judgement = adversary is not null && adversary.Settings.RunsAfter(finishedSteps) ? adversary.Judge(reconstructions) : null;
        var pull = adversary is null ? null : Pull(judgement, finishedSteps, log, values, AdaptiveWeight);
        var total = values.Sum(value => value.Value * value.Weight);
        log.Set("total_loss", total);
        return new EvaluatedObjective
        {
            Total = total, Terms = values, Log = log, Reconstructions = pass.Reconstructions, LatentLoss = latentLoss?.DetachFromDisposeScope(),
            Gradient = (pull is null ? gradients[0] : gradients[0].Plus(pull)).DetachFromDisposeScope(),
            Variance = likelihood.Parameter, VarianceGradient = gradients.Count > 1 ? gradients[1].DetachFromDisposeScope() : null,
            Judgement = judgement,
        };

        // It adapts to the errors of all images alike, as in the reference.
        double AdaptiveWeight()
        {
            var alike = pass.ImageWeights is null ? gradients[0] : Differentiate(errors, weights: null, reconstructions)[0];
            return adversary!.AdaptiveWeight(pass.Reconstructions, lastLayer, alike, judgement!.Gradient);
        }
    }

    private static Tensor Sum(IReadOnlyList<IAutoencoderLossTerm> terms, AutoencoderPass pass, LossLog log, List<LossValue> values)
    {
        using var scope = NewDisposeScope();
        Tensor? total = null;
        foreach (var term in terms)
        {
            var each = term.Compute(pass, log);                  // [B] or []
            values.Add(new LossValue(term.Name, Mean(each, pass.ImageWeights).Read<float>(), term.Weight));
            total = total is null ? each * Real(term.Weight) : total.Plus(each * Real(term.Weight));
        }

        return scope.MoveToOuter(total!);
    }

    private static Tensor Mean(Tensor each, Tensor? weights)
    {
        using var weighted = weights is null ? each.alias() : each * weights;
        return weighted.mean();
    }

    // The gradient at the reconstructions, and at a learnt variance.
    private IList<Tensor> Differentiate(Tensor errors, Tensor? weights, Tensor reconstructions)
    {
        using var loss = Mean(errors, weights);
        return autograd.grad(
            [loss], likelihood.Parameter is { } variance ? [reconstructions, variance] : [reconstructions], retain_graph: weights is not null);
    }

    // What the adversarial term adds to the gradient at the reconstructions; null where it does not count yet.
    private Tensor? Pull(Judgement? judgement, int finishedSteps, LossLog log, List<LossValue> values, Func<double> adaptiveWeight)
    {
        var factor = adversary!.Settings.FactorAfter(finishedSteps);
        log.Set("disc_factor", factor);
        if (judgement is null)
            return null;
        var weight = adaptiveWeight();
        log.Set("d_weight", weight);
        log.Set("g_loss", judgement.Loss);
        values.Add(new LossValue("adversarial", judgement.Loss, weight * factor));
        return factor > 0 ? judgement.Gradient * Real(weight * factor) : null;
    }
}
