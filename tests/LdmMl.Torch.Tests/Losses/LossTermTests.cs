using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Autoencoders;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Losses;

public class LossTermTests
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
}
