using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Autoencoders;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Losses;

public class FirstStageObjectiveTests
{
    [Theory]
    [InlineData(ReconstructionError.Absolute, 0.0, 12 * 0.5)]
    [InlineData(ReconstructionError.Squared, 0.0, 12 * 0.25)]
    [InlineData(ReconstructionError.Absolute, 1.0, 12 * ((0.5 / Math.E) + 1))]
    public void The_reconstruction_is_summed_over_an_image_and_averaged_over_the_batch(ReconstructionError error, double logVariance, double expected)
    {
        using var scope = NewDisposeScope();
        using var pass = new AutoencoderPass(zeros(5, 3, 2, 2), full([5, 3, 2, 2], Real(0.5)));
        var term = new ReconstructionTerm(error, 1, new PixelLikelihood(LossReduction.SumOfImage, logVariance));
        Assert.Equal(expected, term.Compute(pass, new LossLog()).mean().item<float>(), 1e-5);
    }

    [Fact]
    public void The_divergence_is_summed_over_a_latent_and_averaged_over_the_batch()
    {
        using var scope = NewDisposeScope();
        var moments = cat([full([4, 2, 3, 3], Real(2.0)), zeros(4, 2, 3, 3)], dim: 1);      // mean 2, variance 1: 2 nats each
        using var pass = new AutoencoderPass(zeros(4, 3, 6, 6), zeros(4, 3, 6, 6)) { Posterior = new DiagonalGaussian(moments) };
        Assert.Equal(18 * 2.0, new KullbackLeiblerTerm(1).Compute(pass, new LossLog()).mean().item<float>(), 1e-5);
    }

    [Fact]
    public void A_VQ_loss_is_a_mean()
    {
        using var scope = NewDisposeScope();
        using var pass = new AutoencoderPass(zeros(5, 3, 2, 2), full([5, 3, 2, 2], Real(0.5)));
        var term = new ReconstructionTerm(ReconstructionError.Absolute, 1, new PixelLikelihood(LossReduction.Mean));
        Assert.Equal(0.5, term.Compute(pass, new LossLog()).mean().item<float>(), 1e-6);
    }

    [Fact]
    public void The_total_is_the_weighted_sum_of_the_terms_in_order()
    {
        using var scope = NewDisposeScope();
        var moments = cat([full([1, 1, 1, 1], Real(2.0)), zeros(1, 1, 1, 1)], dim: 1);
        var layer = ones(1, requires_grad: true);
        using var pass = new AutoencoderPass(zeros(1, 1, 2, 2), ones(1, 1, 2, 2) * layer) { Posterior = new DiagonalGaussian(moments) };
        using var likelihood = new PixelLikelihood(LossReduction.SumOfImage);
        var objective = new FirstStageObjective(
            [new ReconstructionTerm(ReconstructionError.Absolute, 3, likelihood)], [new KullbackLeiblerTerm(0.5)], likelihood, adversary: null);
        using var evaluated = objective.Evaluate(pass, layer, finishedSteps: 0);

        Assert.Equal([new LossValue("reconstruction", 4, 3), new LossValue("kullback-leibler", 2, 0.5)], evaluated.Terms);
        Assert.Equal(13, evaluated.Total);
        Assert.Equal(["total_loss", "logvar", "rec_loss", "nll_loss", "kl_loss"], evaluated.Log.Values.Keys);
    }
}
