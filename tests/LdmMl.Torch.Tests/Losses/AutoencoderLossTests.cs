using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Autoencoders;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Losses;

public class AutoencoderLossTests
{
    [Theory]
    [InlineData(ReconstructionError.Absolute, 0.0, 12 * 0.5)]
    [InlineData(ReconstructionError.Squared, 0.0, 12 * 0.25)]
    [InlineData(ReconstructionError.Absolute, 1.0, 12 * ((0.5 / Math.E) + 1))]
    public void The_reconstruction_is_summed_over_an_image_and_averaged_over_the_batch(ReconstructionError error, double logVariance, double expected)
    {
        using var scope = NewDisposeScope();
        using var pass = new AutoencoderPass(zeros(5, 3, 2, 2), full([5, 3, 2, 2], 0.5));
        Assert.Equal(expected, new ReconstructionTerm(error, 1, logVariance).Compute(pass).item<float>(), 1e-5);
    }

    [Fact]
    public void The_divergence_is_summed_over_a_latent_and_averaged_over_the_batch()
    {
        using var scope = NewDisposeScope();
        var moments = cat([full([4, 2, 3, 3], 2.0), zeros(4, 2, 3, 3)], dim: 1);      // mean 2, variance 1: 2 nats each
        using var pass = new AutoencoderPass(zeros(4, 3, 6, 6), zeros(4, 3, 6, 6)) { Posterior = new DiagonalGaussian(moments) };
        Assert.Equal(18 * 2.0, new KullbackLeiblerTerm(1).Compute(pass).item<float>(), 1e-5);
    }

    [Fact]
    public void The_total_is_the_weighted_sum_of_the_terms_in_order()
    {
        using var scope = NewDisposeScope();
        var moments = cat([full([1, 1, 1, 1], 2.0), zeros(1, 1, 1, 1)], dim: 1);
        using var pass = new AutoencoderPass(zeros(1, 1, 2, 2), ones(1, 1, 2, 2)) { Posterior = new DiagonalGaussian(moments) };
        var loss = new AutoencoderLoss([new ReconstructionTerm(ReconstructionError.Absolute, 3, 0), new KullbackLeiblerTerm(0.5)]);
        var (total, values) = loss.Compute(pass);

        Assert.Equal([new LossValue("reconstruction", 4, 3), new LossValue("kullback-leibler", 2, 0.5)], values);
        Assert.Equal(13f, total.item<float>());
    }
}
